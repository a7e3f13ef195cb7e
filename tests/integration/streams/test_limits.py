"""Every limit of the protocol, crossed on every door: what is allowed goes through, one more does not."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.databases import Template
from tests.support.lab.doors import KINDS, Door, opened
from tests.support.ledger import Ledger
from tests.support.processes import await_condition
from tests.support.raw_socket import CLOSE, PING, PONG, TEXT, RawSocket, client_frame
from tests.support.stream_client import StreamClient

SHORT: dict[str, Any] = {
    "HEARTBEAT": 3,
    "PONG_TIMEOUT": 2,
    "HELLO_TIMEOUT": 1.5,
    "PAGE": 10,
    "MAX_REPLAY": 40,
    "WRITE_STALL": 2,
    "CONNECTIONS_PER_USER": 3,
    "RETENTION_ENTRIES": 45,
    "RETENTION_DAYS": 0,
}
FAST = KINDS[:1]


@pytest.fixture(scope="module", params=("cookie", *KINDS))
def door(
    request: pytest.FixtureRequest, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """A server with short patience."""
    with opened(request.param, template, tmp_path_factory.mktemp("limits"), **SHORT) as one:
        yield one
        assert one.tracebacks() == []


@pytest.fixture
def fast(door: Door) -> Door:
    """The same, for what only the fast door decides by itself."""
    if door.kind not in FAST:
        pytest.skip("this limit is the ASGI server's own")
    return door


def padded(size: int) -> str:
    frame = '{"type":"pong","pad":""}'
    return frame[:-2] + "x" * (size - len(frame)) + '"}'


def answer_pings(client: StreamClient, until: threading.Event) -> threading.Thread:
    """Be an honest client for a while."""

    def run() -> None:
        seen = 0
        while not until.wait(0.05):
            pings = len(client.of_type("ping"))
            for _ in range(seen, pings):
                client.send({"type": "pong"})
            seen = pings

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_frame_has_16_kib_and_not_a_byte_more(door: Door) -> None:
    with door.open(door.fresh()) as client:
        client.send_raw(padded(16 * 1024))
        client.send({"type": "sync", "after": client.welcome["cursor"]})
        client.await_type("caught_up")
        client.send_raw(padded(16 * 1024 + 1))
        assert client.await_close() == (1009 if door.is_fast else 4006)


def test_a_burst_has_twenty_frames(door: Door) -> None:
    with door.open(door.fresh()) as client:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(40):
                client.send({"type": "pong"})
        assert client.await_close() == 4102
    assert [frame["code"] for frame in client.of_type("error")] == ["rate_limited"]


def test_one_user_has_so_many_connections_and_the_oldest_makes_room(door: Door) -> None:
    person = door.fresh()
    clients = [door.approach(person) for _ in range(7)]
    try:
        for client in clients:
            client.send(door.hello(person))
        await_condition(
            lambda: sum(client.close_code is None for client in clients) == 3, within=5, about="three are left"
        )
        assert {client.close_code for client in clients if client.close_code is not None} == {4009}
        newest = door.open(person)
        clients.append(newest)
        await_condition(lambda: sum(one.close_code is None for one in clients) == 3, within=5, about="the newest stays")
        assert newest.close_code is None
    finally:
        for client in clients:
            client.close()


def test_who_says_no_hello_is_sent_away(door: Door) -> None:
    with door.approach(door.fresh()) as client:
        began = time.monotonic()
        assert client.await_close() == 4103
        assert time.monotonic() - began > 1
    with RawSocket(door.url) as mute:
        mute.upgrade()
        assert mute.until_close() == 4103


def test_who_answers_no_ping_is_sent_away_and_who_does_stays(door: Door) -> None:
    person = door.fresh()
    ending = threading.Event()
    with door.open(person) as deaf, door.open(person) as honest:
        thread = answer_pings(honest, ending)
        assert deaf.await_close(within=15) == 4203
        honest.await_type("ping", count=2)
        assert honest.close_code is None
        ending.set()
        thread.join()
    assert honest.of_type("ping")[0]["head"] == 0


def test_replay_reaches_so_far_in_pages_and_then_says_so(door: Door) -> None:
    person = door.fresh()
    with door.open(person) as client:
        start = client.welcome["cursor"]
    door.write(person, 40)
    with door.open(person, start) as client:
        client.await_type("caught_up")
        client.assert_gapless(after=0, until=40)
    door.write(person, 1, first=41)
    with door.open(person, start) as client:
        assert client.await_type("reset")["reason"] == "too_far"
        assert client.entries == []
        client.send({"type": "sync", "after": start.rpartition(".")[0] + ".1"})
        client.await_type("caught_up")
        client.assert_gapless(after=1, until=41)


def test_a_cursor_below_what_is_kept_is_reset(door: Door) -> None:
    person = door.fresh()
    with door.open(person) as client:
        epoch = client.welcome["cursor"].rpartition(".")[0]
    door.write(person, 50)
    door.product.manage("stream", "trim")
    with door.open(person, f"{epoch}.4") as client:
        assert client.await_type("reset")["reason"] == "trimmed"
        assert client.entries == []
    with door.open(person, f"{epoch}.11") as client:
        client.await_type("caught_up")
        client.assert_gapless(after=11, until=50)


def test_the_seventh_sync_in_a_minute_is_a_reset(door: Door) -> None:
    with door.open(door.fresh()) as client:
        for number in range(6):
            client.send({"type": "sync", "after": client.welcome["cursor"]})
            client.await_type("caught_up", count=number + 1)
        client.send({"type": "sync", "after": client.welcome["cursor"]})
        assert client.await_type("reset")["reason"] == "sync_limit"
        assert client.close_code is None


def test_a_connection_watches_so_many_topics(door: Door) -> None:
    with door.open(door.fresh()) as client:
        client.send({"type": "watch", "topics": [f"post:{number}" for number in range(1, 102)]})
        assert client.await_type("error")["code"] == "too_many_topics"
        assert client.close_code is None


# What only the fast door decides by itself.


def test_a_flood_of_pings_is_answered_in_measure_and_ended(fast: Door) -> None:
    with RawSocket(fast.url) as flood:
        flood.upgrade()
        try:
            flood.send(client_frame(PING, b"x" * 125) * 2_000)
        except OSError:
            return
        pongs = 0
        while (frame := flood.frame()) is not None and frame[0] != CLOSE:
            pongs += frame[0] == PONG
        assert pongs <= 25
        assert frame is None or int.from_bytes(frame[1][:2], "big") == 4102


def test_empty_fragments_have_an_end(fast: Door) -> None:
    with RawSocket(fast.url) as endless:
        endless.upgrade()
        endless.send(client_frame(TEXT, b"", final=False) + client_frame(0, b"", final=False) * 5_000)
        assert endless.until_close() in (1008, 4102)


def test_text_cut_anywhere_is_the_same_text(fast: Door) -> None:
    person = fast.fresh()
    hello = json.dumps({"type": "hello", "token": person.access}).encode()
    wire = client_frame(TEXT, hello[:9], final=False) + client_frame(PING, b"?") + client_frame(0, hello[9:])
    with RawSocket(fast.url) as slow:
        slow.upgrade()
        for at in range(len(wire)):
            slow.send(wire[at : at + 1])
        assert slow.frame() == (PONG, b"?")
        frame = slow.frame()
        assert frame is not None
        assert json.loads(frame[1])["type"] == "welcome"


def test_a_head_that_drips_is_cut_off(fast: Door) -> None:
    with RawSocket(fast.url) as slow, RawSocket(fast.url) as second:
        slow.send(b"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        second.send(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in second.head()
        second.send(b"GET /ws/ HTTP/1.1\r\n")
        ended: list[float] = []

        def drip(one: RawSocket) -> None:
            began = time.monotonic()
            one.socket.settimeout(0.5)
            while time.monotonic() - began < 20:
                try:
                    one.send(b"X-Drip: 1\r\n")
                    if not one.socket.recv(100):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            ended.append(time.monotonic() - began)

        threads = [threading.Thread(target=drip, args=(one,)) for one in (slow, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert max(ended) < 15


@pytest.mark.parametrize("shape", ["one header", "many headers", "a long address"])
def test_a_head_of_60_mib_is_refused_and_costs_no_memory(fast: Door, shape: str) -> None:
    before = memory_of(fast)
    piece = {
        "one header": b"x" * 65_536,
        "many headers": b"X-Many: " + b"y" * 65_000 + b"\r\n",
        "a long address": b"z" * 65_536,
    }[shape]
    with RawSocket(fast.url) as huge:
        huge.send(b"GET /" if shape == "a long address" else b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
        sent = 0
        try:
            while sent < 60 * 1024 * 1024:
                huge.send(piece)
                sent += len(piece)
        except OSError:
            pass
        assert sent < 10 * 1024 * 1024, "it took the whole head"
    assert memory_of(fast) - before < 10 * 1024


def memory_of(door: Door) -> int:
    """The server's resident memory in KiB: the leash's child."""
    process = door.server.process
    assert process is not None
    children = Path(f"/proc/{process.leash.pid}/task/{process.leash.pid}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def test_a_client_that_reads_nothing_is_closed_and_costs_no_memory(door: Door) -> None:
    person, bystander = door.fresh(), door.fresh()
    with RawSocket(door.url, receive_buffer=4096) as deaf:
        deaf.upgrade(**({"Cookie": person.cookie, "Origin": door.server.url} if door.by_cookie else {}))
        deaf.send(client_frame(TEXT, json.dumps(door.hello(person)).encode()))
        time.sleep(0.2)
        before = memory_of(door)
        door.write(person, 200, pad=20_000)
        assert memory_of(door) - before < 24 * 1024, "4 MB of entries wait in the table, not in memory"
        with door.open(bystander) as watching:
            door.write(bystander)
            watching.await_entries(1, within=2)
        assert deaf.until_close() in (4201, 4203, 1006)
    ending = threading.Event()
    with door.open(person, f"{epoch_of(door, person.id)}.160") as again:
        answering = answer_pings(again, ending)  # a server that never says it is full is asked whether it was heard
        again.await_type("caught_up")
        again.assert_gapless(after=160, until=200)
        ending.set()
        answering.join()


def epoch_of(door: Door, user_id: int) -> str:
    found = Ledger(door.product).rows("SELECT epoch FROM streams_stream WHERE user_id = %s", user_id)
    return str(found[0][0])
