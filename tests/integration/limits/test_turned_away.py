"""What a client that is being thrown out still sends is read as far as its answer may be, and no further."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from streams.gateway.hub import Hub
from streams.gateway.websocket_fast import LEFTOVER, FastConnection
from tests.conformance.echo_fast import EchoHub
from tests.limits.wire import CLOSE, PING, frame


class Transport:
    """Notes what is done to it."""

    def __init__(self, connected: socket.socket) -> None:
        self.connected = connected
        self.paused = self.closed = False

    def get_extra_info(self, name: str) -> socket.socket:
        return self.connected

    def write(self, wire: bytes) -> None:
        self.connected.send(wire)

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def close(self) -> None:
        self.closed = True

    abort = write_eof = close


@pytest.fixture
async def place() -> AsyncIterator[tuple[FastConnection, Transport]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    transport = Transport(near)
    connection = FastConnection(cast("Hub", EchoHub()), cast("Any", transport), session_key=None, address="")
    await asyncio.sleep(0)
    yield connection, transport
    connection.let_go()
    near.close()
    far.close()


Place = tuple[FastConnection, Transport]


async def test_a_flood_in_one_read_is_not_read_on(place: Place) -> None:
    connection, transport = place
    connection.data_received(frame(PING, b"p" * 125) * 2_000)
    assert connection.closed
    assert transport.paused


async def test_a_flood_in_small_reads_is_not_read_on(place: Place) -> None:
    connection, transport = place
    piece = frame(PING, b"p" * 125)
    for _ in range(30 + LEFTOVER // len(piece)):
        connection.data_received(piece)
    assert connection.closed
    assert transport.paused


async def test_who_answers_our_close_is_heard(place: Place) -> None:
    connection, transport = place
    connection.close(4102, "Too many frames.")
    connection.data_received(frame(PING, b"still on its way") * 3 + frame(CLOSE, (4102).to_bytes(2, "big")))
    assert transport.closed
    assert not transport.paused
