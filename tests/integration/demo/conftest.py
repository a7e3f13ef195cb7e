"""Two people to begin with, and full buckets. Models are imported late: this file may be loaded before Django is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.support.people import MakePerson


@pytest.fixture(autouse=True)
def open_gates() -> Iterator[None]:
    """Nobody's bucket is empty when a test begins."""
    from accounts.throttles import buckets

    buckets.clear()
    yield
    buckets.clear()


@pytest.fixture
def person(db: None) -> "MakePerson":
    """Makes members."""
    from tests.support.people import make_person

    return make_person


@pytest.fixture
def maria(person: "MakePerson") -> "User":
    return person("maria")


@pytest.fixture
def pablo(person: "MakePerson") -> "User":
    return person("pablo")
