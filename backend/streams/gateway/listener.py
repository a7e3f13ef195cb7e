"""Follow a user's stream from inside a Channels consumer, in another dialect, with the same promise.

A consumer has its own way to its client; what it needs from the engine is entries in order, each once, gaps repaired. So a
`Listener` is a connection like any other, whose bytes are calls to a function.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from streams.conf import conf
from streams.cursor import Cursor
from streams.protocol import CloseCode

from .connection import Connection
from .hub import Hub, current_hub
from .identity import Identity

if TYPE_CHECKING:
    from streams.read import Position

Receive = Callable[[int, bytes], Awaitable[None]]
Close = Callable[[int], Awaitable[None]]


class Listener(Connection):
    """Calls `receive(seq, body)` for every entry, and `close(code)` when the gateway ends the connection."""

    __slots__ = ("_close", "_outbox", "_task", "_waiting")
    door = "channels"

    def __init__(self, hub: Hub, *, receive: Receive, close: Close, address: str = "") -> None:
        super().__init__(hub, session_key=None, address=address)
        self._outbox: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._waiting = 0
        self._close = close
        self._task = asyncio.create_task(self._carry(receive), name="stream listener")

    async def _carry(self, receive: Receive) -> None:
        while True:
            seq, body = await self._outbox.get()
            await receive(seq, body)
            self._waiting -= len(body)
            if not self._waiting:
                self.drained()

    def write(self, frame: bytes) -> None:
        """This dialect has no control frames."""

    def write_welcome(self, position: "Position", *, resumed: bool) -> None:
        """This dialect has no welcome."""

    def write_entry(self, seq: int, body: bytes) -> None:
        self._outbox.put_nowait((seq, body))
        self._waiting += len(body)
        if self._waiting > conf().WRITE_BUFFER:
            self.full()

    def ping(self) -> None:
        """The consumer's own server pings on the WebSocket level."""

    def close(self, code: int, reason: str = "") -> None:
        if not self.closed:
            self.lost()
            self.hub.spawn(self._say_goodbye(int(code)))

    async def _say_goodbye(self, code: int) -> None:
        await self._close(code)

    def turned_away(self) -> None:
        """The process is full or going away; this connection never was in it."""
        self.closed = True
        self._task.cancel()
        self.hub.spawn(self._say_goodbye(int(CloseCode.FULL)))

    def stop(self) -> None:
        """The consumer's client is gone."""
        self.lost()
        self._task.cancel()


async def listen(
    identity: Identity, *, receive: Receive, close: Close, resume: Cursor | None = None, address: str
) -> Listener:
    """Start following the stream of `identity`, from `resume` or from its head."""
    hub = await current_hub()
    listener = Listener(hub, receive=receive, close=close, address=address)
    listener.resume = resume
    if hub.join(listener):
        await hub.admit_known(listener, identity)
    else:
        listener.turned_away()
    return listener
