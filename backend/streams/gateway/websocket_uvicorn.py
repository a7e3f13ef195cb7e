"""Uvicorn's WebSocket with this protocol's limits: what carries the doors that Channels serves.

Channels knows messages only. Pings, fragments, a client that reads nothing and a goodbye that never leaves are seen where the
bytes are, so their limits stand here. Whoever crosses one is closed as on the fast door, and dropped when it does not answer.
"""

import asyncio
import socket
import time
from typing import Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import events

from streams import metrics
from streams.conf import conf
from streams.protocol import CloseCode

from .rfc6455 import EMPTY_FRAGMENTS

LINGER = 2.0
"""Seconds a client has to answer our close frame, or to read what is left when it has closed itself."""
KERNEL_BUFFER = 128 * 1024
LEFTOVER = 16 * 1024
"""Bytes that are read while we wait for that answer."""
EARLY = 64 * 1024
"""Bytes that may come before the handshake is answered, its own head among them; they wait in memory."""


class LimitedSocket(WSProtocol):
    """One WebSocket under Uvicorn. Pings come every `HEARTBEAT` seconds, by Uvicorn's own settings."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._allowance = float(conf().FRAME_BURST)
        self._allowance_at = time.monotonic()
        self._empty = self._early = self._left = 0
        self._stall: asyncio.TimerHandle | None = None
        self._leaving = False

    def _allowed(self) -> bool:
        settings, now = conf(), time.monotonic()
        grown = self._allowance + (now - self._allowance_at) * settings.FRAMES_PER_MINUTE / 60
        self._allowance, self._allowance_at = min(grown, settings.FRAME_BURST) - 1, now
        return self._allowance >= 0

    def end(self, code: int, reason: str) -> None:
        """Say goodbye, and do not wait for the answer for long."""
        if self.close_sent or self.transport.is_closing():
            return
        metrics.CLOSED.labels(str(int(code))).inc()
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": int(code), "reason": reason})
        self.transport.write(self.conn.send(events.CloseConnection(code=int(code), reason=reason)))
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(LINGER, self.transport.abort)

    def _leave(self) -> None:
        """A transport that closes writes everything first: for ever, to a client that does not read."""
        if not self._leaving:
            self._leaving = True
            self.loop.call_later(LINGER, self.transport.abort)

    # What the client sends

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # The kernel's own buffer would grow to megabytes for a client that never reads.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)

    def data_received(self, data: bytes) -> None:
        if self.close_sent:
            self._left += len(data)
            if self._left > LEFTOVER:
                self.transport.pause_reading()
                return
        elif not self.handshake_complete:
            self._early += len(data)
            if self._early > EARLY:
                self.transport.abort()
                return
        super().data_received(data)
        if self.transport.is_closing():
            self._leave()

    def handle_message(self, event: events.TextMessage | events.BytesMessage) -> None:
        if self.buffer.length + len(event.data) > conf().MAX_FRAME:
            metrics.REFUSED_FRAMES.labels("framing").inc()
            self.end(CloseCode.TOO_LARGE, f"A frame may have {conf().MAX_FRAME} bytes at most.")
            return
        if event.message_finished:
            self._empty = 0
            if not self._allowed():
                metrics.REFUSED_FRAMES.labels("rate_limited").inc()
                self.end(CloseCode.RATE_LIMITED, "Too many frames. Slow down.")
                return
        elif event.frame_finished and not event.data:
            self._empty += 1
            if self._empty > EMPTY_FRAGMENTS:
                metrics.REFUSED_FRAMES.labels("framing").inc()
                self.end(1008, "A message of empty fragments has no end.")
                return
        super().handle_message(event)

    def handle_ping(self, event: events.Ping) -> None:
        """Pongs only while the client reads: answering a flood nobody reads would grow memory without bound."""
        if not self._allowed():
            metrics.REFUSED_FRAMES.labels("rate_limited").inc()
            self.end(CloseCode.RATE_LIMITED, "Too many pings.")
        elif self.writable.is_set():
            super().handle_ping(event)

    def keepalive_timeout(self) -> None:
        self.pong_timer = self.pending_ping_payload = None
        self.end(CloseCode.NO_PONG, "Nothing heard since the last ping.")

    # What it does not read

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(conf().WRITE_STALL, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_stall()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_stall()
        super().connection_lost(exc)

    def _stop_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.close":
            self._leave()
