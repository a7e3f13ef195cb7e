"""The people at the head of a sentence."""

import pytest

from accounts.people import Person
from notifications.events import who


def people(*names: str) -> list[Person]:
    return [Person(id=at, username=name, first_name="", last_name="") for at, name in enumerate(names)]


@pytest.mark.parametrize(
    ("names", "count", "words"),
    [
        (("maria",), 1, "maria"),
        (("maria", "pablo"), 2, "maria and pablo"),
        (("maria",), 2, "maria and 1 other"),
        (("maria", "pablo", "ines"), 3, "maria and 2 others"),
        (("maria",), 41, "maria and 40 others"),
        ((), 0, "Somebody"),
    ],
)
def test_people_are_named_and_counted(names: tuple[str, ...], count: int, words: str) -> None:
    assert who(people(*names), count) == words
