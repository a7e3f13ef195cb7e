"""A process that ends sends its clients away: each is told at once when to come back, and closed at its slot.

Without slots all of them would be at the others' gates in the same moment.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from streams import protocol
from streams.conf import conf
from streams.protocol import CloseCode

if TYPE_CHECKING:
    from .hub import Hub

AWAY = 2.0
"""Seconds in which a process that goes away alone is back. Who comes too early waits for longer than who comes too late."""


async def send_away(hub: "Hub", seconds: float, *, alone: bool) -> None:
    """Tell every client of a hub that takes no more of them, and close them with 1012 one after the other; see `Hub.drain`."""
    leaving = list(dict.fromkeys([*(one for mine in hub.by_user.values() for one in mine), *hub.greeted]))
    began = time.monotonic()
    first, spread = (AWAY, 2 * len(leaving) / conf().HANDSHAKES_PER_SECOND) if alone else (0.0, seconds)
    slots = [first + spread * number / len(leaving) for number in range(len(leaving))]
    for connection, slot in zip(leaving, slots, strict=True):
        connection.write_control(protocol.drain(int(slot * 1000)))
    for connection, slot in zip(leaving, slots, strict=True):
        early = 0.0 if alone else began + slot - time.monotonic()
        if early > 0:
            await asyncio.sleep(early)
        if not connection.closed:
            connection.close(CloseCode.RESTART, "This process restarts. Come back now.")
