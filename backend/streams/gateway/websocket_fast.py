"""The fast door: `/ws/` on Uvicorn's own port, without ASGI between the socket and the stream.

Uvicorn reads the request head; when it is an upgrade for the stream, the transport is handed to `FastConnection`, an asyncio
protocol that is at once the connection. Every other upgrade goes on to ASGI. There is no task, queue, timer or logger per
connection. docs/decisions tells why the framing is our own.
"""

import asyncio
import logging
import socket
from typing import Any

import httptools
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from streams import metrics
from streams.conf import conf
from streams.protocol import SUBPROTOCOL, CloseCode

from . import rfc6455
from .address import address_of
from .connection import Connection
from .http import ABORT
from .hub import Hub
from .origin import origin_allowed, session_key_of

log = logging.getLogger("streams.gateway")

PATH = b"/ws/"
HEAD_LIMIT = 32 * 1024
HEAD_TIMEOUT = 10.0
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n"
BUFFER_LOOK = 0.25
"""Seconds between looks at a buffer that the client is slow to empty."""
KERNEL_BUFFER = 128 * 1024
LINGER = 2.0
"""Seconds a client has to answer our close frame."""
ANSWER_STALLS = 6
"""Write stalls in which a client must have read something of an answer over HTTP: a slow line may load a large file."""
LEFTOVER = 16 * 1024
"""Bytes that are read while we wait for that answer. A flood would keep the loop busy for all of `LINGER`."""


class FastConnection(Connection, asyncio.Protocol):
    """A connection and the asyncio protocol of its transport in one object."""

    __slots__ = ("_deaf", "_parser", "_silent", "_socket", "_transport", "_waiting")
    door = "fast"

    def __init__(self, hub: Hub, transport: asyncio.Transport, *, session_key: str | None, address: str) -> None:
        super().__init__(hub, session_key=session_key, address=address)
        self._transport = transport
        known = transport.get_extra_info("socket")
        # A second object for the transport's descriptor, detached in `connection_lost`: it can send, the transport's cannot.
        # The kernel's own buffer would grow to megabytes for a client that never reads.
        known.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        self._socket = socket.SocketType(known.family, socket.SOCK_STREAM, 0, known.fileno())
        self._parser = rfc6455.Parser(conf().MAX_FRAME)
        self._silent = False
        """Our close frame is out: nothing may follow it."""
        self._deaf = False
        """The client broke the framing: nothing more can be understood."""
        self._waiting = 0
        self.direct = self._socket.send
        self.buffer(b"")

    def write(self, frame: bytes) -> None:
        self._send(rfc6455.text_frame(frame))

    def write_entry(self, seq: int, body: bytes) -> None:
        self._send(rfc6455.entry_frame(seq, body))

    def _send(self, wire: bytes) -> None:
        """Straight to the kernel while nothing waits, which saves the event loop's buffering.

        The descriptor is ours until `connection_lost`: event loops close it only after that call.
        """
        if self.direct is not None:
            try:
                sent = self.direct(wire)
            except OSError as error:
                self.refused_by_kernel(error, wire)
                return
            if sent != len(wire):
                self.buffer(wire[sent:])
        else:
            self.buffer(wire)

    def refused_by_kernel(self, error: OSError, wire: bytes) -> None:
        if isinstance(error, BlockingIOError):
            self.buffer(wire)
        else:
            self.direct = None
            self._transport.abort()

    def buffer(self, wire: bytes) -> None:
        """Through the event loop's buffer; direct writes wait until it is empty.

        uvloop knows of a buffered write, and pauses, only after the turn in which it was made. So what one turn writes is
        counted here, and the look at the buffer comes a turn later.
        """
        if self._silent or self._transport.is_closing():
            return
        if wire:
            self._transport.write(wire)
        self._waiting += len(wire)
        if self.direct is not None:
            self.direct = None
            self.hub.loop.call_soon(self._look_at_buffer)
        if self._waiting > conf().WRITE_BUFFER:
            self.full()

    def _look_at_buffer(self) -> None:
        if self._silent or self._transport.is_closing():
            return
        self._waiting = self._transport.get_write_buffer_size()
        if self._waiting:
            self.hub.loop.call_later(BUFFER_LOOK, self._look_at_buffer)
        else:
            self.direct = self._socket.send
            self.drained()

    def close(self, code: int, reason: str = "") -> None:
        if self._silent:
            return
        metrics.CLOSED.labels(str(int(code))).inc()
        self.lost()
        self._send(rfc6455.close_frame(code, reason))
        self._silent, self.direct = True, None
        self.hub.loop.call_later(LINGER, self._transport.abort)

    def _fail(self, code: int, reason: str) -> None:
        """The bytes make no sense any more: say so, stop reading, and let the client see the end (RFC 6455, 7.1.7)."""
        metrics.REFUSED_FRAMES.labels("framing").inc()
        self.close(code, reason)
        self._deaf = True
        if not self._transport.is_closing():
            self._transport.write_eof()

    # asyncio.Protocol

    def data_received(self, data: bytes) -> None:
        if self._silent:
            self._waiting += len(data)
            if self._waiting > LEFTOVER:
                self._turn_away()
        if self._deaf:
            return
        try:
            for opcode, payload in self._parser.feed(data):
                if opcode == rfc6455.TEXT:
                    self.receive(payload)
                elif opcode == rfc6455.PING:
                    self._pong(payload)
                elif opcode == rfc6455.CLOSE:
                    self._closed_by_peer(payload)
                    return
                elif opcode == rfc6455.BINARY:
                    self.receive_binary(payload)
                if self._silent and len(data) > LEFTOVER:
                    self._turn_away()
                    return
        except rfc6455.ProtocolViolation as violation:
            self._fail(violation.code, violation.reason)

    def _turn_away(self) -> None:
        """Read nothing more, and keep nothing of what was."""
        self._deaf = True
        self._parser = rfc6455.Parser(0)
        if not self._transport.is_closing():
            self._transport.pause_reading()

    def receive_binary(self, raw: bytes) -> None:
        """A complete binary message came from the client: there are none in this protocol (RFC 6455, 7.4.1)."""
        raise rfc6455.ProtocolViolation(1003, "This protocol speaks text.")

    def _pong(self, payload: bytes) -> None:
        """Pongs only while the client reads: answering a flood nobody reads would grow memory without bound."""
        self.heard = True
        if not self._allowed():
            self.close(CloseCode.RATE_LIMITED, "Too many pings.")
        elif self.stalled_at is None:
            self._send(rfc6455.frame(rfc6455.PONG, payload))

    def _closed_by_peer(self, payload: bytes) -> None:
        code = rfc6455.close_code_of(payload)
        self.lost()
        if not self._silent:
            self._send(rfc6455.close_frame(code, ""))
            self._silent, self.direct = True, None
        self._transport.close()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.let_go()
        self.lost()

    def let_go(self) -> None:
        """Give the descriptor back to the transport; ours would close it when collected."""
        self.direct = None
        self._socket.detach()

    def pause_writing(self) -> None:
        self.full()

    def resume_writing(self) -> None:
        self.drained()


class OnePort(HttpToolsProtocol):
    """Uvicorn's HTTP protocol, with a deadline and a limit on request heads, that knows the way to the fast door."""

    hub: Hub | None = None
    _head_bytes = 0
    _fruitless = 0
    """Bytes since anything was made of them. The parser joins the pieces of one header itself, copying them each time."""
    _head_timer: asyncio.TimerHandle | None = None
    _stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self.transport.abort)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self.transport.abort)
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]

    def on_url(self, url: bytes) -> None:
        self._count_head(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(name + value)
        super().on_header(name, value)

    def _count_head(self, part: bytes) -> None:
        self._head_bytes += len(part)
        if self._head_bytes > HEAD_LIMIT:
            self.transport.write(TOO_LARGE)
            self.transport.close()
            raise ValueError("request head too large")

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._fruitless += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._stop_stall_timer()
            if self.hub is not None and self.url.partition(b"?")[0] == PATH:
                self._take_over(self.hub, data[upgrade.args[0] :])
            elif self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._unsupported_upgrade_warning()
        if self._fruitless > HEAD_LIMIT and not self.transport.is_closing():
            if self._head_timer is not None:
                self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._fruitless = 0
        self._stop_head_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._fruitless = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._fruitless = 0
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._stop_stall_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._stop_stall_timer()
        super().resume_writing()

    def _expect_reading(self, waiting: int) -> None:
        self._stop_stall_timer()
        patience = ANSWER_STALLS * conf().WRITE_STALL
        self._stall_timer = self.loop.call_later(patience, self._look_whether_read, waiting)

    def _look_whether_read(self, waiting: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left < waiting:
            self._expect_reading(left)
        else:
            self.transport.abort()

    def _stop_stall_timer(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _feed(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            message = "Invalid HTTP request received."
            self.logger.warning(message)
            self.send_400_response(message)

    def _take_over(self, hub: Hub, early: bytes) -> None:
        """An upgrade for the stream: hand the transport on. `early` came with the request's last bytes, already frames."""
        self.connections.discard(self)
        headers: dict[bytes, bytes] = dict(self.scope["headers"])
        refusal = _refusal(headers)
        if refusal is None:
            self._open(hub, headers, early)
        else:
            self._refuse(refusal)

    def _open(self, hub: Hub, headers: dict[bytes, bytes], early: bytes) -> None:
        cookies = headers.get(b"cookie", b"").decode("latin-1")
        connection = FastConnection(
            hub,
            self.transport,
            session_key=session_key_of(cookies, settings.SESSION_COOKIE_NAME),
            address=address_of(
                self.client[0] if self.client else "", headers.get(b"x-forwarded-for", b"").decode("latin-1")
            ),
        )
        if not hub.join(connection):
            connection.let_go()
            self._refuse(("503 Service Unavailable", b"retry-after: 2\r\n", "This server is full or restarting."))
            return
        offered = [part.strip() for part in headers.get(b"sec-websocket-protocol", b"").split(b",")]
        chosen = b"sec-websocket-protocol: %b\r\n" % SUBPROTOCOL.encode() if SUBPROTOCOL.encode() in offered else b""
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            b"sec-websocket-accept: %b\r\n%b\r\n" % (rfc6455.accept_key(headers[b"sec-websocket-key"]), chosen)
        )
        self.transport.set_write_buffer_limits(high=conf().WRITE_BUFFER)
        self.transport.set_protocol(connection)
        # The transport keeps the connection; what Uvicorn parsed the head with can go.
        self.parser = None  # type: ignore[assignment]
        if early:
            connection.data_received(early)

    def _refuse(self, refusal: tuple[str, bytes, str]) -> None:
        status, extra, words = refusal
        body = words.encode()
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n%b\r\n%b"
            % (status.encode(), len(body), extra, body)
        )
        self.transport.close()


def _refusal(headers: dict[bytes, bytes]) -> tuple[str, bytes, str] | None:
    if headers.get(b"sec-websocket-version") != b"13":
        return "426 Upgrade Required", b"sec-websocket-version: 13\r\n", "WebSocket version 13 is spoken here."
    if not rfc6455.valid_key(headers.get(b"sec-websocket-key", b"")):
        return "400 Bad Request", b"", "Sec-WebSocket-Key must be sixteen bytes in base64."
    origin, host = (None if raw is None else raw.decode("latin-1") for raw in map(headers.get, (b"origin", b"host")))
    if not origin_allowed(origin, host):
        return "403 Forbidden", b"", "This page's origin may not open a socket here."
    offered = headers.get(b"sec-websocket-protocol")
    if offered is not None and SUBPROTOCOL.encode() not in [part.strip() for part in offered.split(b",")]:
        return "400 Bad Request", b"", f"The subprotocol spoken here is {SUBPROTOCOL}."
    return None


def with_hub(hub: Hub | None) -> type[Any]:
    """Uvicorn's protocol class for one process, knowing its hub; without one, `/ws/` goes on to ASGI too."""
    return type("OnePortWithHub", (OnePort,), {"hub": hub})
