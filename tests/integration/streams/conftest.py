"""People to write to, and a bus that remembers. Models are imported late: this file may be loaded before Django is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from streams.bus import Hint, Signal


class RememberingBus:
    """Keeps what was published, and says whether it was after the commit."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []
        self.inside = 0

    def publish(self, signals: "Sequence[Signal]") -> int:
        from django.db import connection

        self.inside += connection.in_atomic_block
        self.signals += signals
        return 0

    def hints(self) -> "list[Hint]":
        from streams.bus import Hint

        return [signal for signal in self.signals if isinstance(signal, Hint)]

    def places(self) -> list[tuple[int, int]]:
        """(user id, seq) of everything that was told, in order."""
        return [(user_id, seq) for hint in self.hints() for user_id, _, seq in hint.positions]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> RememberingBus:
    """The bus that recording publishes on."""
    from streams import record

    remembering = RememberingBus()
    monkeypatch.setattr(record, "current_bus", lambda: remembering)
    monkeypatch.setattr(record, "_looking_on", lambda: (None, None))
    return remembering


@pytest.fixture
def people(transactional_db: None) -> list[int]:
    """Ids of eight people without streams."""
    from tests.support.people import make_person

    return [make_person(f"p{number}").pk for number in range(8)]
