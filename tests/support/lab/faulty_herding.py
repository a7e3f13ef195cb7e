"""Mistakes that only a herd brings to light. Chosen like those of `.mutants`."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from streams import protocol
from streams.gateway import heap, journal, lines
from streams.gateway.connection import Connection
from streams.gateway.gate import Gate
from streams.gateway.hub import Hub

from .mutants import patch


def drains_all_at_once() -> None:
    """Everybody is told to come back now."""

    async def drain(self: Hub, seconds: float, **given: Any) -> None:
        self.draining = True
        for mine in tuple(self.by_user.values()):
            for connection in tuple(mine):
                connection.write_control(protocol.drain(0))
        await asyncio.sleep(seconds)

    Hub.drain = drain  # type: ignore[method-assign]


def drains_for_nobody() -> None:
    """Clients are sent away over the time also when nobody else can take them."""
    original = Hub.drain

    async def drain(self: Hub, seconds: float, **given: Any) -> None:
        await original(self, seconds)

    Hub.drain = drain  # type: ignore[method-assign]


def keeps_what_has_gone() -> None:
    """The journal keeps an object for each line, and what the C library holds stays where it is."""
    patch(journal, "Lines", partial(deque, maxlen=lines.LINES))
    patch(heap, "give_back", lambda: False)


def remembers_everyone() -> None:
    """Whoever has left stays in a list."""
    original, remembered = Hub.leave, []

    def leave(self: Hub, connection: Connection) -> None:
        original(self, connection)
        remembered.append(connection)

    Hub.leave = leave  # type: ignore[method-assign]


def no_gate() -> None:
    """Whoever comes is let in."""

    def enter(self: Gate, address: str) -> bool:
        self.inside += 1
        return True

    Gate.enter = enter  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (drains_all_at_once, drains_for_nobody, keeps_what_has_gone, remembers_everyone, no_gate)
}
