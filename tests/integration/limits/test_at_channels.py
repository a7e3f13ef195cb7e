"""Limits of what is said and heard at the doors that Channels serves, crossed on real sockets."""

import contextlib
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests.limits.doors import FRIENDS, NOTIFICATIONS
from tests.limits.table import at_doors
from tests.support.databases import Template
from tests.support.lab.doors import Printing
from tests.support.lab.world import lab_environment
from tests.support.product import Product, SignedIn, launching
from tests.support.raw_socket import RawSocket
from tests.support.stream_client import StreamClient

SHORT = {"HEARTBEAT": 3, "PONG_TIMEOUT": 2, "PAGE": 10, "MAX_REPLAY": 40}


@pytest.fixture(scope="module")
def house(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One server with short patience."""
    folder = tmp_path_factory.mktemp("channels")
    with launching(template, lambda: folder / "house", Printing()) as launch:  # type: ignore[arg-type]
        yield launch(env=lab_environment(streams=SHORT))


@pytest.fixture
def person(house: Product) -> Iterator[SignedIn]:
    """Somebody who has not been here yet."""
    one = house.login(house.people[-1])
    yield one
    house.people.pop()


def address(door: str, person: SignedIn) -> str:
    query = f"?token={person.access}" if door == NOTIFICATIONS else ""
    return person.server.ws_url + door + query


def shown(door: str, person: SignedIn) -> dict[str, str]:
    return {"cookie": person.cookie, "origin": person.server.url} if door == FRIENDS else {}


def enter(door: str, person: SignedIn) -> StreamClient:
    client = StreamClient.connect(address(door, person), subprotocol=None, **shown(door, person))  # type: ignore[arg-type]
    if door == NOTIFICATIONS:
        client.await_type("connection_established")
    return client


def ask(person: SignedIn, count: int, *, first: int) -> None:
    """What every door tells of."""
    for number in range(first, first + count):
        note = {"key": f"{person.id}-{number}", "to": [person.id], "writer": person.id, "number": number}
        person.post("/lab/note/", **note, **{"as": "friend_request"})


def burst(door: str, person: SignedIn) -> None:
    with enter(door, person) as client:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(20):
                client.send({"type": "pong"})
        ask(person, 1, first=1)
        client.await_type("friend_request")
        with contextlib.suppress(ConnectionClosed):
            for _ in range(20):
                client.send({"type": "pong"})
        assert client.await_close(within=5) == 4102


def heartbeat(door: str, person: SignedIn) -> None:
    with RawSocket(address(door, person)) as deaf, enter(door, person) as honest:
        deaf.socket.settimeout(10)
        headers = {name.title(): value for name, value in shown(door, person).items()}
        assert b"101" in deaf.upgrade(**headers, Sec_WebSocket_Protocol="")
        try:
            ended = deaf.until_close()
        except TimeoutError:
            ended = 0
        assert ended == 4203
        assert honest.close_code is None


@at_doors("test_a_burst_has_twenty_frames")
def test_a_burst_has_twenty_frames(door: str, person: SignedIn) -> None:
    burst(door, person)


@at_doors("test_who_answers_no_ping_is_sent_away_and_who_does_stays")
def test_who_answers_no_ping_is_sent_away_and_who_does_stays(door: str, person: SignedIn) -> None:
    heartbeat(door, person)


@at_doors("test_a_frame_has_16_kib_and_not_a_byte_more")
def test_a_frame_has_16_kib_and_not_a_byte_more(door: str, person: SignedIn) -> None:
    with enter(door, person) as client:
        client.send_raw("x" * 16 * 1024)
        ask(person, 1, first=1)
        client.await_type("friend_request")
        client.send_raw("x" * (16 * 1024 + 1))
        assert client.await_close() == 1009


@at_doors("test_who_is_not_signed_in_is_sent_away_at_once")
def test_who_is_not_signed_in_is_sent_away_at_once(door: str, house: Product) -> None:
    """These doors know no hello: the handshake signs in, or nothing does."""
    with StreamClient.connect(house.servers[0].ws_url + door, subprotocol=None) as client:
        assert client.await_close(within=5) == 4001


@at_doors("test_replay_reaches_so_far_and_no_further")
def test_replay_reaches_so_far_and_no_further(door: str, person: SignedIn) -> None:
    with enter(door, person) as client:
        ask(person, 1, first=1)
        client.await_type("friend_request")
    ask(person, 40, first=2)
    with enter(door, person) as client:
        client.await_type("friend_request", count=40)
        client.assert_gapless(after=1, until=41)
    ask(person, 41, first=42)
    with enter(door, person) as client:
        ask(person, 1, first=83)
        client.await_seq(83)
        assert client.seqs == [83]
