"""Credentials and processes end, and connections with them: within a second, on every process, with a code that says why."""

import time

import httpx
import pytest

from tests.support.lab.world import lab_environment
from tests.support.ledger import Ledger
from tests.support.processes import await_condition
from tests.support.product import Launch, Product, SignedIn
from tests.support.profiles import Profile
from tests.support.short_lives import token_ending_in
from tests.support.stream_client import StreamClient


def quiet(**variables: str) -> dict[str, str]:
    """A lab whose clients need not answer pings."""
    return lab_environment(streams={"HEARTBEAT": 600, "PONG_TIMEOUT": 599}, **variables)


def processes(profile: Profile) -> int:
    return 1 if profile == "embedded" else 2


def everywhere(product: Product, person: SignedIn) -> list[StreamClient]:
    """A connection of this login to every process."""
    return [person.stream(server=server) for server in product.servers]


def seconds_until_closed(clients: list[StreamClient], code: int) -> float:
    began = time.monotonic()
    for client in clients:
        assert client.await_close(within=8) == code
    return time.monotonic() - began


def test_a_logout_closes_its_sockets_on_every_process(launch: Launch, profile: Profile) -> None:
    product = launch(processes=processes(profile), env=quiet())
    person = product.login(product.people[0])
    other_device = product.login(product.people[0])
    mine, others = everywhere(product, person), everywhere(product, other_device)
    person.rest.post("/api/auth/logout/", json={"refresh": person.refresh}).raise_for_status()
    assert seconds_until_closed(mine, 4004) < 2
    assert [client.close_code for client in others] == [None] * len(others)
    with StreamClient.connect(product.servers[-1].ws_url + "/ws/") as again:
        again.send({"type": "hello", "token": person.access})
        assert again.await_close() == 4001
    for client in others:
        client.close()


def test_a_logout_that_no_hint_tells_of_closes_sockets_all_the_same(launch: Launch) -> None:
    product = launch(env=quiet(LOSSY_BUS="drop=1"))
    person = product.login(product.people[0])
    (client,) = everywhere(product, person)
    person.rest.post("/api/auth/logout/", json={"refresh": person.refresh}).raise_for_status()
    assert seconds_until_closed([client], 4004) < 3


def test_a_process_that_goes_away_says_when_to_come_back(launch: Launch, profile: Profile) -> None:
    if profile == "embedded":
        pytest.skip("a process that is alone goes at once")
    product = launch(env=quiet())
    server = product.servers[0]
    server.stop()
    server.options = ("--drain", "2")
    server.start()
    people = [product.person(number) for number in range(8)]
    clients = [person.stream() for person in people]
    codes: list[int] = []
    assert server.process is not None
    server.process.leash.terminate()
    await_condition(lambda: all(client.of_type("drain") for client in clients), within=3, about="all are told")
    told = sorted(client.of_type("drain")[0]["reconnect_in_ms"] for client in clients)
    assert told[0] < 400
    assert 1_000 < told[-1] <= 2_000
    try:
        codes.append(httpx.get(server.url + "/readyz", timeout=2).status_code)
    except httpx.TransportError:
        codes.append(503)
    assert codes == [503]
    closed: dict[int, float] = {}
    began = time.monotonic()
    while len(closed) < len(clients) and time.monotonic() - began < 8:
        for number, client in enumerate(clients):
            if client.close_code is not None and number not in closed:
                closed[number] = time.monotonic() - began
        time.sleep(0.01)
    assert {client.close_code for client in clients} == {1012}
    for number, client in enumerate(clients):
        slot = client.of_type("drain")[0]["reconnect_in_ms"] / 1000
        assert closed[number] > slot - 0.6, f"told to leave after {slot} s, closed after {closed[number]:.2f} s"
    await_condition(lambda: not server.running, within=10, about="it ends when they have gone")
    server.kill()


def test_a_process_that_is_alone_goes_at_once_and_says_when_it_may_be_back(launch: Launch, profile: Profile) -> None:
    """Draining is for those whom somebody else can take: alone, it would only make the time longer without a server."""
    if profile == "scaled":
        pytest.skip("others may take its clients")
    product = launch(env=quiet())
    server = product.servers[0]
    server.stop()
    server.options = ("--drain", "30")
    server.start()
    clients = [product.person(number).stream() for number in range(8)]
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 15
    assert [client.await_close() for client in clients] == [1012] * len(clients)
    assert all(client.of_type("drain")[0]["reconnect_in_ms"] >= 1_000 for client in clients)


def test_a_worker_that_is_told_to_go_ends_its_job_first(launch: Launch, profile: Profile) -> None:
    """A job that is cut off is nobody's until its lease has run out, half a minute later."""
    product = launch(role="serve" if profile == "embedded" else "web", env=quiet())
    worker = product.servers[0] if profile == "embedded" else product.add_server("worker")
    ledger, person = Ledger(product), product.person(0)
    person.post("/lab/note/", key="slow", to=[person.id], writer=1, number=1, by="worker", pause=3)
    begun = "SELECT COUNT(*) FROM streams_job WHERE kind = 'lab.tell' AND attempts = 1"
    await_condition(lambda: ledger.rows(begun) == [(1,)], within=15, about="the job has begun")
    assert worker.stop() == 0
    assert ledger.rows("SELECT COUNT(*) FROM streams_job WHERE kind = 'lab.tell'") == [(0,)]
    assert ledger.entries(person.id)


def test_a_token_that_ends_is_announced_renewed_or_ended(launch: Launch) -> None:
    """Two connections of one login, with a token that ends in a moment: one brings a newer one, one does not."""
    product = launch(env=quiet(LAB_GRACE="2", LAB_NOTICE="3"))
    person = product.login(product.people[0])
    soon = token_ending_in(product, person.access, 5)
    with (
        StreamClient.open(product.servers[0].ws_url + "/ws/", token=soon) as renewed,
        StreamClient.open(product.servers[0].ws_url + "/ws/", token=soon) as forgotten,
        StreamClient.open(product.servers[0].ws_url + "/ws/", token=soon) as mistaken,
    ):
        assert 0 < renewed.welcome["expires_in"] <= 5
        for client in (renewed, forgotten, mistaken):
            assert 0 <= client.await_type("expiring", within=6)["in"] <= 3
        renewed.send({"type": "refresh", "token": person.access})
        mistaken.send({"type": "refresh", "token": product.person(1).access})
        assert mistaken.await_close() == 4001
        assert forgotten.await_close(within=10) == 4200
        assert renewed.close_code is None
        person.post("/lab/note/", key="still-here", to=[person.id], writer=1, number=1)
        renewed.await_entries(1)
