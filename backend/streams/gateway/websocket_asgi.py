"""The ASGI door: `/ws/` under any ASGI server, the same machine a little slower.

ASGI sends by awaiting, so this door has one task a connection that empties an outbox; the outbox counts as the write buffer,
and going over its mark puts the connection behind like a full socket does.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from streams import metrics
from streams.conf import conf
from streams.protocol import SUBPROTOCOL, CloseCode

from .address import address_in
from .connection import Connection
from .hub import Hub, current_hub
from .origin import origin_allowed, session_key_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


PORTABLE = {1003: 4006, 1009: 4006, 1012: 4100}
"""Daphne sends no close code but 1000 and 3000 to 4999, and leaves the connection open when told another."""


class AsgiConnection(Connection):
    """A connection whose bytes an ASGI server carries."""

    __slots__ = ("_close", "_outbox", "_waiting", "_wake")
    door = "asgi"

    def __init__(self, hub: Hub, *, session_key: str | None, address: str) -> None:
        super().__init__(hub, session_key=session_key, address=address)
        self._outbox: deque[bytes] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._close: tuple[int, str] | None = None

    def write(self, frame: bytes) -> None:
        if self.closed:
            return
        self._outbox.append(frame)
        self._waiting += len(frame)
        self._wake.set()
        if self._waiting > conf().WRITE_BUFFER:
            self.full()

    def close(self, code: int, reason: str = "") -> None:
        if self._close is None:
            metrics.CLOSED.labels(str(int(code))).inc()
            self._close = (PORTABLE.get(code, code), reason[:120])
            self.lost()
            self._wake.set()

    async def carry(self, send: Send) -> None:
        """Send what is written until the connection closes."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                frame = self._outbox.popleft()
                await send({"type": "websocket.send", "text": frame.decode()})
                self._waiting -= len(frame)
            self.drained()
            if self._close is not None and not self._outbox:
                await send({"type": "websocket.close", "code": int(self._close[0]), "reason": self._close[1]})
                return


async def websocket_door(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application behind `/ws/`."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    await receive()
    offered = scope.get("subprotocols") or []
    if not origin_allowed(headers.get("origin"), headers.get("host")) or (offered and SUBPROTOCOL not in offered):
        await send({"type": "websocket.close", "code": CloseCode.FORBIDDEN})
        return
    hub = await current_hub()
    session_key = session_key_of(headers.get("cookie", ""), settings.SESSION_COOKIE_NAME)
    connection = AsgiConnection(hub, session_key=session_key, address=address_in(scope))
    if not hub.join(connection):
        await send({"type": "websocket.close", "code": CloseCode.FULL})
        return
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})
    carrier = asyncio.create_task(connection.carry(send), name="asgi door")
    try:
        await _take_in(connection, receive)
    finally:
        connection.lost()
        carrier.cancel()
        with contextlib.suppress(asyncio.CancelledError, OSError, RuntimeError):
            await carrier


async def _take_in(connection: AsgiConnection, receive: Receive) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        text = event.get("text")
        if text is None:
            connection.close(1003, "This protocol speaks text.")
            continue
        raw = text.encode("utf-8", "surrogatepass")
        if len(raw) > conf().MAX_FRAME:
            connection.close(CloseCode.TOO_LARGE, f"A frame may have {conf().MAX_FRAME} bytes at most.")
            continue
        connection.receive(raw)
