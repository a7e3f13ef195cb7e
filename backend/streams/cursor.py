"""A place in one user's stream: `epoch.seq`, the same string on every door.

Clients treat it as opaque. `seq` counts from 1 without holes; `epoch` changes when numbers may be used again, which is
after a restore from a backup, so a number of the lost time cannot be mistaken for a new one.
"""

import re
from dataclasses import dataclass
from typing import Self

_CURSOR = re.compile(r"([A-Za-z0-9_-]{1,16})\.(0|[1-9][0-9]{0,17})", re.ASCII)


class MalformedCursor(ValueError):
    """A cursor is an epoch, a dot and a number, such as "k3x9.41"."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Everything up to and including `seq` of `epoch` has been taken in."""

    epoch: str
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor from a client.

        Raises:
            MalformedCursor: the text is no cursor.
        """
        match = _CURSOR.fullmatch(text)
        if match is None:
            raise MalformedCursor
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.epoch}.{self.seq}"
