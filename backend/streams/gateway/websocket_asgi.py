"""The ASGI door: `/ws/` under any ASGI server, the same machine a little slower.

ASGI sends by awaiting, so this door has one task a connection that empties an outbox; the outbox counts as the write buffer,
and going over its mark puts the connection behind like a full socket does.

Some servers take every frame and never say that they are full (Daphne). So a client that has been sent much and was not heard
since is pinged, and is behind until it answers: its pong comes after what it had to read before.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from streams import metrics, protocol
from streams.conf import conf
from streams.protocol import SUBPROTOCOL, CloseCode

from .address import address_in
from .connection import Connection
from .hub import Hub, current_hub
from .origin import origin_allowed, session_key_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


UNHEARD = 4
"""Write buffers that may be on their way to a client without a word from it."""
PORTABLE = {1003: 4006, 1009: 4006, 1012: 4100}
"""Daphne sends no close code but 1000 and 3000 to 4999, and leaves the connection open when told another."""


class AsgiConnection(Connection):
    """A connection whose bytes an ASGI server carries."""

    __slots__ = ("_asked", "_close", "_outbox", "_unheard", "_waiting", "_wake")
    door = "asgi"

    def __init__(self, hub: Hub, *, session_key: str | None, address: str) -> None:
        super().__init__(hub, session_key=session_key, address=address)
        self._outbox: deque[bytes] = deque()
        self._waiting = 0
        self._unheard = 0
        """Bytes written since the client was heard."""
        self._asked = False
        """Nothing more is written until it is heard."""
        self._wake = asyncio.Event()
        self._close: tuple[int, str] | None = None

    def write(self, frame: bytes) -> None:
        if self.closed:
            return
        self._put(frame)
        if self._unheard > UNHEARD * conf().WRITE_BUFFER and not self._asked:
            self._asked = True
            self._put(protocol.ping(self.delivery.sent))
        if self._asked or self._waiting > conf().WRITE_BUFFER:
            self.full()

    def _put(self, frame: bytes) -> None:
        self._outbox.append(frame)
        self._waiting += len(frame)
        self._unheard += len(frame)
        self._wake.set()

    def hear(self) -> None:
        """The client has said something, so it has read what it was asked by."""
        self._unheard = 0
        if self._asked:
            self._asked = False
            self._allowance += 1  # we asked for this frame
            if not self._outbox:
                self.drained()

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
            if not self._asked:
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
        await send({"type": "websocket.close", "code": int(CloseCode.FORBIDDEN)})
        return
    hub = await current_hub()
    session_key = session_key_of(headers.get("cookie", ""), settings.SESSION_COOKIE_NAME)
    connection = AsgiConnection(hub, session_key=session_key, address=address_in(scope))
    if not hub.join(connection):
        await _turn_away(scope, send)
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


async def _turn_away(scope: Scope, send: Send) -> None:
    """Full, or going away. A close before the handshake would be told as 403, which means that it is for good."""
    if "websocket.http.response" in (scope.get("extensions") or {}):
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"2")]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b"This server is full or restarting."})
        return
    offered = SUBPROTOCOL in (scope.get("subprotocols") or [])
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None})
    await send({"type": "websocket.close", "code": int(CloseCode.FULL), "reason": "This server is full or restarting."})


async def _take_in(connection: AsgiConnection, receive: Receive) -> None:
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        connection.hear()
        text = event.get("text")
        if text is None:
            connection.close(1003, "This protocol speaks text.")
            continue
        raw = text.encode("utf-8", "surrogatepass")
        if len(raw) > conf().MAX_FRAME:
            connection.close(CloseCode.TOO_LARGE, f"A frame may have {conf().MAX_FRAME} bytes at most.")
            continue
        connection.receive(raw)
