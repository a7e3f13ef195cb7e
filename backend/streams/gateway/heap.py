"""Gives the memory of a crowd that has gone back to the system.

What a connection held is free at once, but the C library keeps it for the next one. `malloc_trim(3)` returns the free pages,
wherever they lie. It costs milliseconds, so it waits until many have gone and nobody is going any more. Where the library has no
such function (musl), nothing happens. Python's arenas of small objects are beyond its reach: they serve the next crowd.
"""

import ctypes
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .hub import Hub

MANY = 500
"""Connections that have gone; fewer are worth no walk through the heap."""


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def give_back() -> bool:
    """Return the heap's free pages; False where that is not possible. Lets other threads run."""
    trim = getattr(_library(), "malloc_trim", None)
    if trim is None:
        return False
    trim(0)
    return True


class Heap:
    """Watches how many leave one hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._seen = 0
        self._given = 0

    async def round(self, now: float) -> None:
        """Give back when many have left since the last time, and none since the last round."""
        left = self._hub.left
        calm, self._seen = left == self._seen, left
        if calm and left - self._given >= MANY:
            self._given = left
            await self._hub.in_thread(give_back)
