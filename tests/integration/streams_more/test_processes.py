"""The same with real processes: what a test on one event loop cannot show."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.support.processes import await_condition
from tests.support.product import Launch, Product, Server, SignedIn
from tests.support.profiles import Profile
from tests.support.redis import RedisServer


@contextmanager
def events(server: Server, person: SignedIn, after: str = "") -> Iterator[list[dict[str, Any]]]:
    """Follow a stream over Server-Sent Events in a thread; the data of what has come."""
    came: list[dict[str, Any]] = []
    client = httpx.Client(base_url=server.url, timeout=30)
    headers = {"Authorization": f"Bearer {person.access}", "Accept": "text/event-stream"}

    def read() -> None:
        try:
            with client.stream(
                "GET", "/api/events/", params={"after": after} if after else {}, headers=headers
            ) as answer:
                came.append({"type": "status", "status": answer.status_code})
                came.extend(json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        except httpx.HTTPError:
            came.append({"type": "cut"})

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield came
    finally:
        client.close()
        reader.join(5)


def has(came: list[dict[str, Any]], kind: str) -> bool:
    return any(one["type"] == kind for one in came)


def befriend(one: SignedIn, other: SignedIn) -> None:
    one.post(f"/api/friends/request/{other.id}/")
    (request,) = other.rest.get("/api/friends/requests/").json()
    other.post(f"/api/friends/accept/{request['id']}/")


def online(person: SignedIn) -> list[bool]:
    """Of each friend in the list."""
    return [friend["online"] for friend in person.rest.get("/api/friends/").json()]


def test_events_arrive_over_a_real_connection_and_a_restart_ends_it(product: Product) -> None:
    asking, asked = product.person(0), product.person(1)
    with events(product.servers[0], asked) as came:
        await_condition(lambda: has(came, "caught_up"), within=10, about="caught up")
        asking.post(f"/api/friends/request/{asked.id}/")
        await_condition(lambda: has(came, "friend_request"), within=5, about="the entry")
        assert product.servers[0].stop() == 0
        await_condition(lambda: has(came, "close") or has(came, "cut"), within=5, about="the end")
    assert [one["code"] for one in came if one["type"] == "close"] == [1012]


def test_a_gateway_process_serves_the_doors_over_http(launch: Launch, profile: Profile) -> None:
    product = launch()
    gateway = product.add_server("gateway") if profile == "scaled" else None
    if gateway is None:
        pytest.skip("two processes are the scaled profile's")
    asking, asked = product.person(0), product.person(1)
    with events(gateway, asked) as came:
        await_condition(lambda: has(came, "caught_up"), within=10, about="caught up")
        asking.post(f"/api/friends/request/{asked.id}/")
        await_condition(lambda: has(came, "friend_request"), within=5, about="the entry")
    here = asked.rest.get("/api/events/").json()["cursor"]
    answer = httpx.get(
        f"{gateway.url}/api/events/",
        params={"after": here, "wait": 1},
        headers={"Authorization": f"Bearer {asked.access}"},
        timeout=10,
    )
    assert answer.json()["entries"] == []


LONG = """
from django.utils import timezone
from streams.models import Entry, Stream
from streams.read import positions
positions([{user}])
body = '{{"at":"2026-11-23T06:20:01.123456Z","type":"redacted","filling":"' + "x" * 20_000 + '"}}'
Entry.objects.bulk_create(
    Entry(stream_id={user}, seq=seq, type="redacted", body=body, created_at=timezone.now()) for seq in range(1, 901)
)
Stream.objects.filter(pk={user}).update(head=900)
print(Stream.objects.get(pk={user}).epoch)
"""


def test_a_client_that_never_reads_is_dropped_and_its_memory_given_back(launch: Launch) -> None:
    product = launch(env={"STREAMS_WRITE_STALL": "2"})
    server, lazy = product.servers[0], product.person(1)
    epoch = product.manage("shell", "--no-imports", "-c", LONG.format(user=lazy.id)).split()[-1]
    request = (
        f"GET /api/events/?after={epoch}.0 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept: text/event-stream\r\n"
        f"Authorization: Bearer {lazy.access}\r\n\r\n"
    )
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(request.encode())
        await_condition(lambda: gauge(server, "sse") == 1, within=10, about="the connection")
        await_condition(lambda: gauge(server, "sse") == 0, within=10, about="the door has dropped who does not read")
        connection.settimeout(5)
        taken = 0
        while part := connection.recv(65_536):
            taken += len(part)
        assert taken < 10_000_000, "all of it had been buffered"


def gauge(server: Server, door: str) -> float:
    text = httpx.get(f"{server.url}/metrics", timeout=10).text
    wanted = f'streams_connections{{door="{door}"}} '
    return sum(float(line.removeprefix(wanted)) for line in text.splitlines() if line.startswith(wanted))


def test_friends_see_each_other_come_and_go_across_processes_and_kill_9(
    launch: Launch, redis_server: RedisServer
) -> None:
    lease = {"STREAMS_PRESENCE_LEASE": "3", "STREAMS_PRESENCE_GRACE": "1"}
    product = launch(processes=2, env={"REDIS_URL": redis_server.url, **lease})
    here, there = product.servers
    maria, pablo = product.person(0, server=here), product.person(1, server=there)
    befriend(maria, pablo)
    assert online(maria) == [False]
    with maria.stream() as watching:
        following = pablo.stream()
        seen = watching.await_type("presence")
        assert (seen["user"], seen["online"]) == (pablo.id, True)
        assert online(maria) == [True]
        there.kill()
        killed = time.monotonic()
        gone = watching.await_type("presence", count=2, within=8)
        assert (gone["user"], gone["online"]) == (pablo.id, False)
        assert time.monotonic() - killed < 3 + 2, "the lease and a round"
        assert online(maria) == [False]
        following.await_close()


def test_a_logout_closes_the_socket_in_another_process_although_redis_is_dead(
    launch: Launch, redis_server: RedisServer
) -> None:
    product = launch(processes=2, env={"REDIS_URL": redis_server.url})
    here, there = product.servers
    person = product.login(product.people[0], server=here)
    with person.stream(server=there) as following:
        redis_server.kill()
        time.sleep(1.0)
        began = time.monotonic()
        person.post("/api/auth/logout/")
        assert following.await_close(within=5) == 4004
        assert time.monotonic() - began < 1.8, "half a second to look, and what the request itself took"


def test_without_its_database_a_server_keeps_its_sockets_and_answers_503(launch: Launch, profile: Profile) -> None:
    if profile == "embedded":
        pytest.skip("SQLite does not go away")
    from tests.support.databases import populate
    from tests.support.postgres import PostgresServer

    postgres = PostgresServer(synchronous_commit="on")  # or the kill takes what had been committed
    try:
        postgres.start()
        postgres.run("CREATE DATABASE away")
        product = launch(processes=0)
        product.env |= {"DATABASE_URL": postgres.url("away"), "DATABASE_POOL_TIMEOUT": "2"}
        product.people = populate(product.env, 3)
        server = product.add_server()
        asking, asked = product.person(0), product.person(1)
        with asked.stream() as following:
            assert postgres.process is not None
            postgres.process.kill()
            refused = asking.rest.post(f"/api/friends/request/{asked.id}/")
            assert refused.status_code == 503
            assert int(refused.headers["Retry-After"]) >= 1
            waiting = httpx.get(
                f"{server.url}/api/events/?wait=1", headers={"Authorization": f"Bearer {asked.access}"}, timeout=20
            )
            assert waiting.status_code == 503
            assert waiting.headers["Retry-After"] == "2"
            time.sleep(3)
            assert following.close_code is None
            postgres.start()
            await_condition(
                lambda: asking.rest.post(f"/api/friends/request/{asked.id}/").status_code == 201,
                within=20,
                about="writing works again",
            )
            following.await_entries(1, within=15)
            following.assert_gapless(after=following.welcome["head"])
    finally:
        postgres.close()
