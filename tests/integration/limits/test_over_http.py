"""Limits of the doors over plain HTTP, crossed by a request with a token and by one with a cookie."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.limits.asking import ask
from tests.limits.doors import LONG, LONG_COOKIE, POLL, POLL_COOKIE, SSE, SSE_COOKIE, shown
from tests.limits.table import at_doors
from tests.support.databases import Template
from tests.support.lab.doors import Printing
from tests.support.lab.world import lab_environment
from tests.support.processes import await_condition
from tests.support.product import Product, SignedIn, launching

SHORT = {"HEARTBEAT": 2, "PONG_TIMEOUT": 1, "PAGE": 10, "MAX_REPLAY": 40, "WRITE_STALL": 0.5}
KEPT = {"RETENTION_ENTRIES": 45, "RETENTION_DAYS": 0}
PATIENCE = 6 * SHORT["WRITE_STALL"]


@pytest.fixture(scope="module")
def house(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One server with short patience, and enough people for every case."""
    folder = tmp_path_factory.mktemp("http")
    with launching(template, lambda: folder / "house", Printing()) as launch:  # type: ignore[arg-type]
        yield launch(people=40, env=lab_environment(streams=SHORT | KEPT))


@pytest.fixture
def person(house: Product) -> SignedIn:
    """Somebody who has not been here yet."""
    return house.login(house.people.pop())


def write(person: SignedIn, count: int, *, first: int = 1, pad: int = 0) -> None:
    for number in range(first, first + count):
        note = {"key": f"{person.id}-{number}", "to": [person.id], "writer": 1, "number": number, "pad": "x" * pad}
        person.post("/lab/note/", **note)


@at_doors("test_replay_reaches_so_far_in_pages_and_then_says_so")
def test_replay_reaches_so_far_in_pages_and_then_says_so(door: str, person: SignedIn) -> None:
    start = place = ask(door, person, None).cursor
    write(person, 40)
    seqs: list[int] = []
    while len(seqs) < 40:
        told = ask(door, person, place)
        assert told.seqs
        if door in (POLL, POLL_COOKIE):
            assert len(told.seqs) == 10
        assert told.more is (len(seqs) + len(told.seqs) < 40)
        seqs, place = seqs + told.seqs, told.cursor
    assert seqs == list(range(1, 41))
    write(person, 1, first=41)
    told = ask(door, person, start)
    assert (told.seqs, told.reset) == ([], "too_far")
    assert ask(door, person, place).seqs == [41]


@at_doors("test_a_cursor_below_what_is_kept_is_reset")
def test_a_cursor_below_what_is_kept_is_reset(door: str, person: SignedIn, house: Product) -> None:
    start = ask(door, person, None).cursor
    write(person, 50)
    assert ask(door, person, start.replace(".0", ".11")).seqs
    house.manage("stream", "trim")
    told = ask(door, person, start.replace(".0", ".4"))
    assert (told.seqs, told.reset) == ([], "trimmed")
    assert ask(door, person, start.replace(".0", ".11")).seqs


@at_doors("test_who_is_not_signed_in_is_answered_at_once")
def test_who_is_not_signed_in_is_answered_at_once(door: str, house: Product) -> None:
    """A request signs in, or nothing does: nobody loiters."""
    query = {"wait": "60"} if door in (LONG, LONG_COOKIE) else {}
    accept = "text/event-stream" if door in (SSE, SSE_COOKIE) else "application/json"
    bad = {"Cookie": "sessionid=nonsense"} if "cookie" in door else {"Authorization": "Bearer nonsense"}
    url = house.servers[0].url + "/api/events/"
    for headers in ({}, bad):
        assert httpx.get(url, params=query, headers={**headers, "Accept": accept}, timeout=5).status_code == 401


@at_doors("test_a_wait_is_no_longer_than_a_heartbeat")
def test_a_wait_is_no_longer_than_a_heartbeat(door: str, person: SignedIn) -> None:
    headers = shown(person, by_cookie=door == LONG_COOKIE)
    cursor = ask(POLL, person, None).cursor
    began = time.monotonic()
    answer = httpx.get(f"{person.server.url}/api/events/?after={cursor}&wait=600", headers=headers, timeout=60)
    assert answer.json()["entries"] == []
    assert SHORT["HEARTBEAT"] * 0.9 < time.monotonic() - began < 30


@at_doors("test_an_answer_that_nobody_reads_is_cut_off")
def test_an_answer_that_nobody_reads_is_cut_off(door: str, person: SignedIn) -> None:
    """Questions are asked on one connection until no answer to them fits into any buffer."""
    start = ask(POLL, person, None).cursor
    write(person, 30, pad=30_000)
    headers = shown(person, by_cookie="cookie" in door)
    headers["Accept"] = "text/event-stream" if door in (SSE, SSE_COOKIE) else "application/json"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    query = f"after={start}" + ("&wait=1" if door in (LONG, LONG_COOKIE) else "")
    question = f"GET /api/events/?{query} HTTP/1.1\r\nHost: 127.0.0.1:{person.server.port}\r\n{lines}\r\n".encode()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", person.server.port))
        deaf.settimeout(5)
        deaf.sendall(question * (1 if door in (SSE, SSE_COOKIE) else 200))
        if door in (SSE, SSE_COOKIE):
            write(person, 200, first=31, pad=30_000)
        await_condition(lambda: _is_cut(deaf), within=PATIENCE + 15, about="the server hangs up", every=0.2)
    assert ask(POLL, person, None).cursor, "the server is well"


def _is_cut(deaf: socket.socket) -> bool:
    """Whether the other side has gone; what it sent before stays unread."""
    try:
        deaf.send(b"\r")
    except (ConnectionError, TimeoutError):
        return True
    return False
