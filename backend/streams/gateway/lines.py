"""The newest lines of a gateway's journal, in one piece of memory that is taken once.

An object for each would outlive the connection it tells of and lie among that one's: after thousands have gone, twenty
thousand small objects keep the pages of all of them. Packed, a line costs a sixth, and holds nothing else back.
"""

import struct
from collections.abc import Iterator
from typing import Literal, NamedTuple

LINES = 20_000
PACKED = struct.Struct("<dBB5q")

What = Literal["came", "page", "gone"]
_WHAT: tuple[What, ...] = ("came", "page", "gone")


class Line(NamedTuple):
    """Something happened to a connection. `since` and `sent` are the numbers it had been sent before and after."""

    at: float
    what: What
    door: str
    user_id: int
    connection: int
    login_id: int
    since: int
    sent: int


class Lines:
    """A ring: the oldest line makes room for the newest."""

    def __init__(self, most: int = LINES) -> None:
        self._most = most
        self._ring = bytearray(most * PACKED.size)
        self._written = 0
        self._doors: list[str] = []

    def append(self, line: Line) -> None:
        """Remember one more."""
        if line.door not in self._doors:
            self._doors.append(line.door)
        at = self._written % self._most * PACKED.size
        PACKED.pack_into(self._ring, at, line.at, _WHAT.index(line.what), self._doors.index(line.door), *line[3:])
        self._written += 1

    def __iter__(self) -> Iterator[Line]:
        """From the oldest to the newest."""
        kept = min(self._written, self._most)
        for number in range(self._written - kept, self._written):
            at, what, door, *numbers = PACKED.unpack_from(self._ring, number % self._most * PACKED.size)
            yield Line(at, _WHAT[what], self._doors[door], *numbers)
