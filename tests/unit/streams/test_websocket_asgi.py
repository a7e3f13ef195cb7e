"""The ASGI door before a server that takes everything, as Daphne does: what a client has not read is bounded all the same."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest

from streams.conf import conf
from streams.delivery import State
from streams.gateway.websocket_asgi import UNHEARD, AsgiConnection
from tests.support.awaiting import until
from tests.support.delivery_world import StandIn, Table

SIZE = 20_000
ENTRIES = 200
PING = 200


class Server:
    """Keeps what it was given, and never says that it is full."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.bytes = 0

    async def send(self, event: MutableMapping[str, Any]) -> None:
        self.bytes += len(event["text"])
        self.frames.append(json.loads(event["text"]))

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames if "seq" in frame]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[AsgiConnection]:
    """Resumes a stream of four megabytes."""
    table = Table()
    for _ in range(ENTRIES):
        table.commit({"type": "redacted", "pad": "x" * SIZE})
    connection = AsgiConnection(StandIn(table), session_key=None, address="192.0.2.7")  # type: ignore[arg-type]
    carrier = asyncio.create_task(connection.carry(server.send))
    say(connection, {"type": "hello", "resume": "k3x9.0"})
    hub(connection).let_in()
    yield connection
    carrier.cancel()


def hub(connection: AsgiConnection) -> StandIn:
    assert isinstance(connection.hub, StandIn)
    return connection.hub


def say(connection: AsgiConnection, frame: dict[str, Any]) -> None:
    connection.hear()
    connection.receive(json.dumps(frame).encode())


async def all_is_sent(connection: AsgiConnection) -> None:
    """As long as the outbox empties, pages follow."""
    hub(connection).answer()
    await until(lambda: not connection._outbox)
    await asyncio.sleep(0)
    if hub(connection).wanted:
        await all_is_sent(connection)


async def test_a_client_that_is_never_heard_is_sent_so_much_and_no_more(client: AsgiConnection, server: Server) -> None:
    await all_is_sent(client)
    assert server.bytes <= UNHEARD * conf().WRITE_BUFFER + SIZE + PING
    assert [frame["type"] for frame in server.frames].count("ping") == 1
    assert client.stalled_at is not None
    assert client in hub(client).stalled
    assert client.delivery.state is State.BEHIND


async def test_who_answers_has_everything_in_order(client: AsgiConnection, server: Server) -> None:
    """More often than frames are allowed: these were asked for."""
    pongs = 0
    while client.delivery.state is not State.LIVE:
        await all_is_sent(client)
        if client.stalled_at is not None:
            say(client, {"type": "pong"})
            pongs += 1
    await all_is_sent(client)
    assert server.seqs == list(range(1, ENTRIES + 1))
    assert server.frames[-1]["type"] == "caught_up"
    assert pongs == [frame["type"] for frame in server.frames].count("ping") > 5


async def test_who_answers_before_the_outbox_is_empty_is_held_back_by_it_alone(
    client: AsgiConnection,
) -> None:
    hub(client).answer()
    while not client._asked:
        await until(lambda: not client._outbox)
        hub(client).answer()
    say(client, {"type": "pong"})
    assert client.stalled_at is not None
    await until(lambda: client.stalled_at is None)
    assert hub(client).wanted
