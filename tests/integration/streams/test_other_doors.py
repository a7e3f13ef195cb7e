"""The doors of others: what was written from the seed, what existing clients speak, and the poll. Exact frames, real sockets."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.databases import ROOT, run_python
from tests.support.lab.world import lab_environment
from tests.support.product import Launch, Product, SignedIn
from tests.support.stream_client import StreamClient

SEED_SENDS = """
import sys, json, django
django.setup()
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

user_id, kind, who = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
async_to_sync(get_channel_layer().group_send)(f"user_{user_id}", {"type": kind, "from_user": who})
"""
LONGER_THAN_A_BLOCKING_POP = 6.5
"""channels_redis.core waits five seconds for a message at a time."""


@contextmanager
def friends_door(person: SignedIn) -> Iterator[StreamClient]:
    """What the seed's front end does: a bare socket with the session's cookie."""
    with StreamClient.connect(
        person.server.ws_url + "/ws/friends/", cookie=person.cookie, origin=person.server.url, subprotocol=None
    ) as client:
        yield client


def ask_and_accept(asking: SignedIn, asked: SignedIn) -> None:
    asking.post(f"/api/friends/request/{asked.id}/")
    request = asked.rest.get("/api/friends/requests/").raise_for_status().json()
    waiting = request["results"] if isinstance(request, dict) else request
    (number,) = [one["id"] for one in waiting if one["from_user"]["id"] == asking.id]
    asked.post(f"/api/friends/accept/{number}/")


def person_of(one: SignedIn) -> dict[str, Any]:
    return {"id": one.id, "username": one.person.username}


def test_the_seeds_door_says_exactly_the_seeds_frames(product: Product) -> None:
    maria, pablo = (product.login(product.people[number]) for number in range(2))
    with friends_door(maria) as hers, friends_door(pablo) as his:
        ask_and_accept(pablo, maria)
        his.await_frames(lambda: his.frames, about="pablo is told")
        hers.await_frames(lambda: hers.frames, about="maria is told")
        time.sleep(0.3)
        assert hers.frames == [{"type": "friend_request", "from_user": person_of(pablo)}]
        assert his.frames == [{"type": "friend_accepted", "from_user": person_of(maria)}]
        for nonsense in ("{", '{"type":"hello"}', "[" * 10_000):
            hers.send_raw(nonsense)
        pablo.rest.delete(f"/api/friends/remove/{maria.id}/").raise_for_status()
        ask_and_accept(maria, pablo)
        hers.await_frames(lambda: len(hers.frames) == 2, about="maria is told again")
        assert hers.frames[1] == {"type": "friend_accepted", "from_user": person_of(pablo)}


def test_the_seeds_door_wants_a_cookie_and_this_sites_pages(product: Product) -> None:
    from websockets.exceptions import InvalidStatus

    maria = product.login(product.people[0])
    url = product.servers[0].ws_url + "/ws/friends/"
    with StreamClient.connect(url, subprotocol=None) as client:
        assert client.await_close() == 4001
    with pytest.raises(InvalidStatus):
        StreamClient.connect(url, cookie=maria.cookie, origin="https://evil.example", subprotocol=None)


@pytest.mark.parametrize("layer", ["the product's", "the seed's"])
def test_a_foreign_group_send_from_another_process_is_passed_on(launch: Launch, profile: str, layer: str) -> None:
    """The seed's back-end snippet in a process of its own; with the seed's CHANNEL_LAYERS block, even after a long idle."""
    if profile == "embedded":
        pytest.skip("an in-memory layer has no other processes")
    env = lab_environment() | ({"LAB_SEED_LAYER": "1"} if layer == "the seed's" else {})
    product = launch(env=env)
    maria, pablo = (product.login(product.people[number]) for number in range(2))
    with friends_door(pablo) as his:
        if layer == "the seed's":
            time.sleep(LONGER_THAN_A_BLOCKING_POP)
        who = json.dumps(person_of(maria) | {"secret": "not for the wire"})
        for kind in ("friend_request_accepted", "friend_request"):
            run_python("-c", SEED_SENDS, str(pablo.id), kind, who, env=product.env)
        his.await_frames(lambda: len(his.frames) == 2, about="two foreign frames")
        assert his.frames == [
            {"type": "friend_accepted", "from_user": person_of(maria)},
            {"type": "friend_request", "from_user": person_of(maria)},
        ]
        assert his.close_code is None
    assert "Traceback" not in product.servers[0].output()


def existing(person: SignedIn) -> StreamClient:
    """An existing client: the token in the address, nothing said."""
    url = f"{person.server.ws_url}/ws/notifications/?token={person.access}"
    return StreamClient.connect(url, subprotocol=None)


def told(client: StreamClient) -> list[str]:
    return [frame["type"] for frame in client.frames]


def test_existing_clients_are_told_what_they_missed_when_they_come_back(product: Product) -> None:
    asked, *asking = (product.person(number) for number in range(5))
    with existing(asked) as client:
        client.await_type("connection_established")
        asking[0].post(f"/api/friends/request/{asked.id}/")
        client.await_type("friend_request")
        assert "data" in client.frames[-1]
    for one in asking[1:3]:
        one.post(f"/api/friends/request/{asked.id}/")
    with existing(asked) as client:
        client.await_type("friend_request", count=2)
        asking[3].post(f"/api/friends/request/{asked.id}/")
        client.await_type("friend_request", count=3)
        assert told(client) == ["connection_established", *["friend_request"] * 3]
    assert asked.access not in product.servers[0].output(), "the log keeps no token"


def test_existing_clients_without_a_good_token_are_told_so(product: Product) -> None:
    for token in ("", "?token=", "?token=nonsense", "?token=%00", "?other=1"):
        with StreamClient.connect(f"{product.servers[0].ws_url}/ws/notifications/{token}", subprotocol=None) as client:
            assert client.await_close() == 4001
    assert "Traceback" not in product.servers[0].output()


def test_a_poll_goes_on_where_a_socket_was_and_the_other_way_round(launch: Launch) -> None:
    product = launch(env=lab_environment())
    person = product.person(0)

    def write(number: int) -> None:
        person.post("/lab/note/", key=f"poll-{number}", to=[person.id], writer=1, number=number)

    with person.stream() as stream:
        write(1)
        stream.await_entries(1)
    cursor = f"{stream.welcome['cursor'].rpartition('.')[0]}.1"
    write(2)
    write(3)
    answer = person.rest.get("/api/events/", params={"after": cursor}).raise_for_status()
    page = answer.json()
    assert [entry["seq"] for entry in page["entries"]] == [2, 3]
    assert (page["head"], page["more"], answer.headers["Stream-Cursor"]) == (3, False, page["cursor"])
    write(4)
    with person.stream(resume=page["cursor"]) as stream:
        stream.await_type("caught_up")
        assert stream.seqs == [4]
    here = person.rest.get("/api/events/").raise_for_status().json()
    assert (here["cursor"], here["entries"]) == (f"{cursor.rpartition('.')[0]}.4", [])


def test_the_program_says_what_it_can_do() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "huddl.server", "--help"],
        cwd=ROOT / "backend",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    for role in ("serve", "web", "gateway", "worker"):
        assert role in shown
