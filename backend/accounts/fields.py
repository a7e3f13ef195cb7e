"""Form fields for what people write about themselves. All of it is shown as text, but some letters are traps."""

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TextField(serializers.CharField):
    """Text that came as text: a number is not a name, though REST framework would make one of it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        return text


class EmailAddressField(TextField, serializers.EmailField):
    """An e-mail address, given as text."""


class YesNoField(serializers.BooleanField):
    """true or false, and not one of the many words that REST framework takes for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NameField(TextField):
    """One line of a name: no control characters, and none that turn the writing direction of what stands beside it."""

    default_error_messages = {"unprintable": "This contains characters that cannot be shown."}

    def to_internal_value(self, data: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_internal_value(data))
        if any(
            unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} or letter in _BIDI_OVERRIDES for letter in text
        ):
            self.fail("unprintable")
        return text


class WebAddressField(TextField):
    """An http or https URL, or nothing. `javascript:` is a URL too, and somebody would click it."""

    default_error_messages = {"scheme": "Enter an address that begins with https:// or http://."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not self._is_fine(text):
            self.fail("scheme")
        return text

    def _is_fine(self, text: str) -> bool:
        if any(letter.isspace() or not letter.isprintable() for letter in text):
            return False
        try:
            parts = urlsplit(text)
        except ValueError:
            return False
        return parts.scheme in {"http", "https"} and bool(parts.hostname)


class PictureField(WebAddressField):
    """The URL of a picture: elsewhere, or a path on this site."""

    def _is_fine(self, text: str) -> bool:
        own = text.startswith("/") and not text.startswith(("//", "/\\"))
        return (own and text.isprintable() and " " not in text) or super()._is_fine(text)
