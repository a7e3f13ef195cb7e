"""Ids in paths. What does not fit a column answers like an id that nobody has: 404, never an overflow."""

from django.urls import register_converter
from django.urls.converters import get_converters

BIGGEST = 2**63 - 1


class IdConverter:
    """A whole number from 0 to the largest that a `BigAutoField` holds."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > BIGGEST:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    """Make `<id:…>` known to URL patterns."""
    if "id" not in get_converters():
        register_converter(IdConverter, "id")
