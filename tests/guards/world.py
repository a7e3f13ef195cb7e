"""A gateway without a network, a clock or threads: the product's own hub, doors and machines, driven by hand.

What an event loop, a kernel and a database would do at their own pace happens here when it is asked for, in one thread, so
that the same work executes the same instructions every time. Two things are put in the product's way: where it schedules
(`HandLoop`) and where bytes go (`Line`). A connection's direct way to the kernel is a C function that takes everything.
"""

import asyncio
import itertools
import socket
import struct
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar, cast
from unittest import mock

import uvicorn
from uvicorn.server import ServerState

from streams.bus import Bus, Hint
from streams.bus.memory import MemoryBus
from streams.gateway.connection import Connection
from streams.gateway.gate import Gate
from streams.gateway.hub import Hub
from streams.gateway.identity import Credential, Identity, Refusal
from streams.gateway.websocket_fast import FastConnection, with_hub
from streams.read import Position

T = TypeVar("T")
EPOCH = "k3x9"
HEAD = 41_000
SOON = 1.0
BODY = (
    b'{"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted","from_user":{"id":7,"username":"maria"},'
    b'"text":"maria accepted your friend request","link":"/people/maria"}'
)
HANDSHAKE = (
    b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: numeneon.v1\r\nOrigin: http://localhost\r\nUser-Agent: guard\r\n\r\n"
)

TAKES_EVERYTHING: Callable[[bytes], int] = len


class Later:
    """A timer that can be cancelled."""

    __slots__ = ("cancelled",)

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class HandLoop:
    """Runs what is due soon when told to, and forgets the rest."""

    def __init__(self) -> None:
        self._due: list[tuple[Later, Callable[..., object], tuple[Any, ...]]] = []

    def call_soon(self, what: Callable[..., object], *arguments: Any) -> Later:
        return self.call_later(0, what, *arguments)

    def call_later(self, delay: float, what: Callable[..., object], *arguments: Any) -> Later:
        handle = Later()
        if delay < SOON:
            self._due.append((handle, what, arguments))
        return handle

    def run(self) -> None:
        """Everything that is due, and what becomes due by it."""
        while self._due:
            due, self._due = self._due, []
            for handle, what, arguments in due:
                if not handle.cancelled:
                    what(*arguments)


class HandHub(Hub):
    """The product's hub; its coroutines run through at once, its threads are this one, its database is a dictionary."""

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        try:
            work.send(None)
        except StopIteration:
            return
        raise AssertionError("a measured coroutine waited for something")

    async def in_thread(self, work: Callable[[], T]) -> T:
        return work()


class Line:
    """A transport that nobody listens to. All of them lend the same socket, of which only the number is used."""

    __slots__ = ("protocol", "socket", "written")

    def __init__(self, lent: socket.socket) -> None:
        self.socket = lent
        self.written = 0
        self.protocol: Any = None

    def get_extra_info(self, name: str) -> Any:
        return self.socket if name == "socket" else None

    def write(self, wire: bytes) -> None:
        self.written += len(wire)

    def set_protocol(self, protocol: object) -> None:
        self.protocol = protocol

    def set_write_buffer_limits(self, high: int) -> None:
        """There is no buffer."""

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        raise AssertionError("a measured connection was aborted")

    def close(self) -> None:
        raise AssertionError(f"a measured connection was closed after {self.written} bytes")


def client_frame(payload: bytes) -> bytes:
    """A masked text frame, as clients send it."""
    mask = b"\x11\x22\x33\x44"
    head = bytes((0x81, 0x80 | len(payload))) if len(payload) < 126 else b"\x81\xfe" + struct.pack(">H", len(payload))
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


async def _make_hub(bus: Bus) -> HandHub:
    hub = HandHub(bus)
    # A second between two handshakes: it is not the gate that is measured.
    hub.gate = Gate(clock=itertools.count().__next__)
    return hub


class World:
    """A hub, and as many clients as are asked for. A context manager: it puts the product's own ways back."""

    def __init__(self, bus: Bus | None = None) -> None:
        # Not `asyncio.run`, which would take the event loop of whoever called us away.
        loop = asyncio.new_event_loop()
        self.hub = loop.run_until_complete(_make_hub(bus or MemoryBus()))
        loop.close()
        self.loop = HandLoop()
        self.hub.loop = cast("asyncio.AbstractEventLoop", self.loop)
        self.hub._authenticate = self._who
        self._ends = socket.socketpair()
        self.questions = 0
        """How often the authenticator and the database were asked."""
        self._patch = mock.patch("streams.gateway.hub.positions", self._where)
        self._patch.start()
        config = uvicorn.Config(app=_nobody, interface="asgi3", ws="wsproto", lifespan="off", log_config=None)
        config.load()
        self._config, self._state, self._protocol = config, ServerState(), with_hub(self.hub)
        self.connections: list[FastConnection] = []
        self.seq = HEAD

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.stop()
        for connection in self.connections:
            connection.let_go()
        for end in self._ends:
            end.close()

    def _who(self, credentials: Sequence[Credential]) -> list[Identity | Refusal]:
        """Everybody is who they say: the token is the user's id."""
        self.questions += 1
        return [Identity(int(one.token or 0), int(one.token or 0), None) for one in credentials]

    def _where(self, user_ids: Sequence[int]) -> dict[int, Position]:
        """Every stream stands at the same place."""
        self.questions += 1
        return {user_id: Position(EPOCH, HEAD, 0) for user_id in user_ids}

    def dialled(self) -> tuple[Line, Any]:
        """A transport on which somebody has connected and said nothing yet."""
        line = Line(self._ends[0])
        protocol = self._protocol(self._config, self._state, {}, self.loop)
        protocol.connection_made(line)
        return line, protocol

    def greet(self, line: Line, protocol: Any, *, user_id: int) -> None:
        """Say the handshake and hello."""
        protocol.data_received(HANDSHAKE)
        line.protocol.data_received(client_frame(b'{"type":"hello","token":"%d"}' % user_id))

    def connect(self, count: int) -> list[FastConnection]:
        """So many welcomed clients, each a user of its own."""
        first = len(self.connections) + 1
        dialled = [self.dialled() for _ in range(count)]
        for number, (line, protocol) in enumerate(dialled):
            self.greet(line, protocol, user_id=first + number)
        self.loop.run()
        made = [line.protocol for line, _ in dialled]
        self.take(made)
        return made

    def take(self, made: Sequence[FastConnection]) -> None:
        """Connections are welcomed; from now on the kernel takes everything they are sent."""
        for connection in made:
            assert connection.delivery.epoch == EPOCH, "not welcomed"
            self.connections.append(connection)
            if connection.direct is not None:
                connection.direct = TAKES_EVERYTHING

    def next_hint(self, users: int) -> Hint:
        """One event for the first so many users, each at the next number of its stream."""
        self.seq += 1
        # Each hint has bytes of its own, as when it comes over a bus.
        return Hint([(user_id, EPOCH, self.seq) for user_id in range(1, users + 1)], bytes(bytearray(BODY)))


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("the fast door answers, not ASGI")


def delivered(connections: Sequence[Connection], seq: int) -> bool:
    """Whether all of them have been sent up to there."""
    return all(connection.delivery.sent == seq for connection in connections)
