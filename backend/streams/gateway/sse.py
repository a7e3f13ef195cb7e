"""Server-Sent Events: `GET /api/events/` with `Accept: text/event-stream`.

One answer that never ends, for clients behind proxies that let no WebSocket pass. Each entry's `id` is the stream's cursor, so
the browser's own `Last-Event-ID` resumes; `caught_up` and `reset` carry it too, so that a stream in which nothing happens can
be resumed as well. Frames without a number are events of their type's name.

The outbox counts as the write buffer: over its mark the connection is behind, like a full socket.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from streams import protocol
from streams.conf import conf
from streams.events import frame_of

from .http import Asked, HttpConnection, Send, answer_problem, shared_headers
from .hub import Hub

if TYPE_CHECKING:
    from streams.read import Position

RETRY_MS = 3_000
"""After how many milliseconds a browser's EventSource comes back by itself."""
_NUMBERED = frozenset({"caught_up", "reset"})


class SseConnection(HttpConnection):
    """A stream as one endless answer."""

    __slots__ = ("_abort", "_begun", "_outbox", "_waiting")
    door = "sse"

    def __init__(self, hub: Hub, asked: Asked, abort: Callable[[], None] | None = None) -> None:
        super().__init__(hub, asked)
        self._outbox: deque[bytes] = deque()
        self._waiting = 0
        self._begun = False
        self._abort = abort

    def _put(self, block: bytes) -> None:
        if self.closed:
            return
        if not self._begun:
            self._begun = True
            block = b"retry: %d\n%b" % (RETRY_MS, block)
        self._outbox.append(block)
        self._waiting += len(block)
        self.wake.set()
        if self._waiting > conf().WRITE_BUFFER:
            self.full()

    def write_entry(self, seq: int, body: bytes) -> None:
        self._put(b"id: %b.%d\ndata: %b\n\n" % (self.delivery.epoch.encode(), seq, frame_of(seq, body)))

    def write_welcome(self, position: "Position", *, resumed: bool) -> None:
        """There is no welcome; who brings no cursor is told the one of now, and goes on from it."""
        if self.resume is None:
            self.write(protocol.caught_up(self.delivery.cursor))

    def write(self, frame: bytes) -> None:
        name = _type_of(frame)
        if name == "error":  # would reach EventSource's own `onerror`; what went wrong before the start is a status
            return
        place = b"id: %b\n" % str(self.delivery.cursor).encode() if name in _NUMBERED else b""
        self._put(b"event: %b\n%bdata: %b\n\n" % (name.encode(), place, frame))

    def ping(self) -> None:
        if self.stalled_at is None and self.delivery.epoch:
            self.write(protocol.ping(self.delivery.sent))

    def said_goodbye(self, code: int, reason: str) -> None:
        if self.stalled_at is not None and self._abort is not None:
            self._abort()
        elif self._begun:
            self.write(protocol.farewell(code, reason))

    async def carry(self, send: Send) -> None:
        await self.wake.wait()
        if not self._begun and self.ended is not None:
            await answer_problem(send, self.ended, self.asked.origin)
            return
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *shared_headers(self.asked.origin)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while not self.closed or self._outbox:
            await self.wake.wait()
            self.wake.clear()
            while self._outbox:
                block = self._outbox.popleft()
                await send({"type": "http.response.body", "body": block, "more_body": True})
                self._waiting -= len(block)
            self.drained()
        await send({"type": "http.response.body", "body": b""})


def _type_of(frame: bytes) -> str:
    if frame.startswith(b'{"type":"'):
        return frame[9 : frame.index(b'"', 9)].decode()
    return str(msgspec.json.decode(frame)["type"])
