"""What this gateway remembers of its deliveries, so that "did she get it?" has an answer.

A line per delivered entry would cost as much as a delivery. But an entry that goes out live goes out with its hint, and the
others with a page; so a hint, a page, a coming and a going are noted once each, and what was written to whom follows from
them. Rings in memory, never a body: what is older than they reach is told from acknowledgements alone.

Questions come as rows and are answered as rows (`streams.explain`): the database is the one place where a command can meet
every process in either profile, and whoever may read it may ask.
"""

import time
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from streams.explain import answer_question, questions_after
from streams.models import Question

from .connection import Connection
from .lines import Line, Lines, What

if TYPE_CHECKING:
    from .hub import Hub

HINTS = 20_000
NOTED = 32
"""Places in a hint that is noted at most: a fan-out would fill the memory with what nobody asks about."""
POSITIONS = 100_000
"""Of all remembered hints together."""
SHOWN = 50

Positions = Sequence[tuple[int, str, int]]


class Journal:
    """The memory of one hub. `hints` is appended to by the hub itself."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._began = time.time()
        self.hints: deque[tuple[float, Positions]] = deque(maxlen=HINTS)
        self._lines = Lines()
        self._asked = 0

    def note(self, what: What, connection: Connection, since: int) -> None:
        """Remember a coming, a page or a going."""
        identity = connection.identity
        if identity is not None:
            place = (connection.door, identity.user_id, connection.number, identity.login_id)
            self._lines.append(Line(time.time(), what, *place, since, connection.delivery.sent))

    def read(self) -> list[Question]:
        """Questions that may be new. For a thread."""
        return questions_after(self._asked)

    async def reply(self, questions: list[Question]) -> None:
        """Forget what is too much, answer what was asked."""
        self._bound()
        for question in questions:
            self._asked = question.pk
            known = self.known(question.user_id, question.seq)
            await self._hub.in_thread(partial(self._answer, question, known))

    def _answer(self, question: Question, known: dict[str, Any]) -> None:
        answer_question(question, hub=self._hub.name, known=known)

    def _bound(self) -> None:
        total = sum(len(positions) for _, positions in self.hints)
        while total > POSITIONS:
            total -= len(self.hints.popleft()[1])

    def known(self, user_id: int, seq: int | None) -> dict[str, Any]:
        """What there is to tell of a user's connections, and of one entry."""
        hints = [
            at for at, positions in self.hints for user, _, number in positions if user == user_id and number == seq
        ]
        return {
            "began": self._began,
            "remembers_hints_since": self.hints[0][0] if len(self.hints) == HINTS else self._began,
            "hints": hints[:SHOWN],
            "connections": [_shown(one) for one in self._hub.by_user.get(user_id, ())],
            "lines": [line._asdict() for line in self._lines if line.user_id == user_id][-SHOWN:],
        }


def _shown(connection: Connection) -> dict[str, Any]:
    assert connection.identity is not None  # noqa: S101
    stalled = connection.stalled_at
    return {
        "connection": connection.number,
        "door": connection.door,
        "login_id": connection.identity.login_id,
        "state": connection.delivery.state.name.lower(),
        "sent": connection.delivery.sent,
        "acked": connection.acked,
        "behind_for": None if stalled is None else time.monotonic() - stalled,
    }
