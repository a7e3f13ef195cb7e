"""Credentials run out: at every door of every process somebody is warned who can be, and nobody is served after the grace.

A token ends by itself, a cookie with its login; the door of existing clients asks for a token of any age, and ends with the
login too. What each door does is a table of protocol/README.md.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.support.databases import Template
from tests.support.doorways import Answer, Follower, Socket, events, long_poll, notifications
from tests.support.lab.house import KINDS, LONG, inhabited, settled_in
from tests.support.lab.world import lab_environment
from tests.support.processes import await_condition
from tests.support.product import Launch, Product, SignedIn
from tests.support.selection import short_of
from tests.support.short_lives import Ending, token_ending_in
from tests.support.stream_client import StreamClient

GRACE, NOTICE = 4, 5
SLACK = 2.0
"""Seconds by which a busy machine may be late, on top of the grace. Nothing else would end these connections for minutes."""
WARNED = ("/ws/ by token", "/ws/ by cookie", "Server-Sent Events", "Server-Sent Events by cookie")
ENDED = {"long poll": {200}, "long poll by cookie": {200}}
"""How a door that has no close codes ends; the next question is answered 401."""


def short(**more: str) -> dict[str, str]:
    return lab_environment(streams=LONG, LAB_GRACE=str(GRACE), LAB_NOTICE=str(NOTICE), **more)


@pytest.fixture(scope="module", params=short_of(KINDS, KINDS[:1]))
def house(
    request: pytest.FixtureRequest, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    with inhabited(template, tmp_path_factory.mktemp("expiry"), request.param, short()) as product:
        yield product


def entries_of(follower: Follower) -> list[dict[str, Any]]:
    return [frame for frame in follower.frames if "seq" in frame]


def warned(follower: Follower) -> bool:
    return any(frame["type"] == "expiring" for frame in follower.frames)


def door_of(name: str) -> str:
    return name.partition(" of ")[0]


def test_at_no_door_is_anybody_served_after_the_grace(house: Product) -> None:
    ending = Ending(house, 0)
    # A login's other connections live on: the token that existing clients bring may be of any age.
    older = [notifications(server, ending.by_token) for server in house.servers]
    polls = {name: one for name, one in ending.followers.items() if door_of(name) in ENDED}
    try:
        assert time.time() < ending.ends, "it took too long to open all doors"
        assert ending.left() == list(ending.followers), "somebody was not let in"
        stay = {name: one for name, one in ending.followers.items() if name not in polls}
        while time.time() < ending.ends + GRACE + SLACK:
            if time.time() > ending.ends:  # not before: the first entry ends a long poll
                ending.write()
            time.sleep(0.2)
        assert ending.left() == []
        for name, one in stay.items():
            assert one.ended == 4200, name
            assert warned(one) == (door_of(name) in WARNED), name
        assert {one.ended for one in polls.values()} == {200}
        for name, one in ending.followers.items():
            late = [entry for entry in entries_of(one) if _seconds(entry["at"]) > ending.ends + GRACE + SLACK / 2]
            assert late == [], name
        assert [one.ended for one in older] == [None] * len(older)
    finally:
        ending.close()
        for one in older:
            one.close()


def _seconds(at: object) -> float:
    return datetime.fromisoformat(str(at)).timestamp()


def test_a_long_poll_that_waits_when_its_credentials_end_is_answered_with_nothing(house: Product) -> None:
    person = house.login(house.people[1])
    person.access = token_ending_in(house, person.access, 3)
    waiting = [long_poll(server, person) for server in house.servers]
    await_condition(lambda: all(one.ended for one in waiting), within=3 + GRACE + SLACK, about="all are answered")
    assert [one.ended for one in waiting] == [200] * len(waiting)
    assert all(entries_of(one) == [] for one in waiting)
    for one in waiting:
        one.close()


def test_nobody_comes_in_with_credentials_that_have_ended(house: Product) -> None:
    """The grace is for who is inside. A poll is outside after each answer."""
    ending = Ending(house, 2)
    ending.close()
    time.sleep(max(0.0, ending.ends - time.time()) + 0.2)
    bearer, cookie = {"Authorization": f"Bearer {ending.by_token.access}"}, {"Cookie": ending.by_login.cookie}
    for server in house.servers:
        for shown in (bearer, cookie):
            for query, accept in (("", "application/json"), ("?wait=5", "application/json"), ("", "text/event-stream")):
                answer = httpx.get(server.url + "/api/events/" + query, headers={**shown, "Accept": accept}, timeout=20)
                assert answer.status_code == 401, (server.log.stem, query, accept)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        url = server.ws_url
        with StreamClient.connect(url + "/ws/") as by_token:
            by_token.send({"type": "hello", "token": ending.by_token.access})
            assert by_token.await_close() == 4001
        with StreamClient.connect(url + "/ws/", cookie=ending.by_login.cookie, origin=server.url) as by_cookie:
            by_cookie.send({"type": "hello"})
            assert by_cookie.await_close() == 4001
        for address, shown_cookie in (
            ("/ws/friends/", ending.by_login.cookie),
            (f"/ws/notifications/?token={ending.by_login.access}", None),
        ):
            with StreamClient.connect(url + address, cookie=shown_cookie, origin=server.url, subprotocol=None) as one:
                assert one.await_close() == 4001


def test_newer_credentials_are_taken_in_place_at_the_door_that_can_hear(house: Product) -> None:
    """Over `/ws/`, by token and by cookie; whoever brings those of another login is ended."""
    ending = Ending(house, 3)
    # Rotation is what makes a login longer; its tokens are of the same login as the cookie.
    pair = {"refresh": ending.by_login.refresh, "rotate": True}
    longer = (
        httpx.post(house.servers[0].url + "/api/auth/token/refresh/", json=pair, timeout=20).raise_for_status().json()
    )
    renewed = {
        name: one for name, one in ending.followers.items() if door_of(name) in ("/ws/ by token", "/ws/ by cookie")
    }
    try:
        await_condition(
            lambda: all(warned(one) for one in renewed.values()), within=ending.life + SLACK, about="all are warned"
        )
        for name, one in renewed.items():
            assert isinstance(one, Socket)
            one.client.send(
                {"type": "refresh", "token": ending.whole if door_of(name) == "/ws/ by token" else longer["access"]}
            )
        await_condition(
            lambda: set(ending.left()) == set(renewed),
            within=ending.life + GRACE + SLACK,
            about="who brought nothing has gone",
        )
        time.sleep(max(0.0, ending.ends + GRACE + SLACK - time.time()))
        assert set(ending.left()) == set(renewed)
        ending.write()
        for one in renewed.values():
            assert isinstance(one, Socket)
            one.client.await_entries(1)
    finally:
        ending.close()


def test_over_http_newer_credentials_are_a_new_request_that_goes_on_where_the_old_one_was(house: Product) -> None:
    person = house.login(house.people[4])
    whole = person.access
    for number, server in enumerate(house.servers):
        person.access = token_ending_in(house, whole, 3)
        first = events(server, person)
        assert isinstance(first, Answer)
        _note(person, whole, f"before-{number}")
        await_condition(lambda first=first: entries_of(first), within=10, about="the entry")  # type: ignore[misc]
        await_condition(lambda first=first: first.ended, within=3 + GRACE + SLACK, about="the end")  # type: ignore[misc]
        assert first.ended == 4200
        _note(person, whole, f"between-{number}")
        seq = entries_of(first)[-1]["seq"]
        again = Answer(
            server,
            "",
            accept="text/event-stream",
            headers={"Authorization": f"Bearer {whole}", "Last-Event-ID": f"{_epoch(server.url, whole)}.{seq}"},
        )
        await_condition(lambda again=again: entries_of(again), within=10, about="what came between")  # type: ignore[misc]
        assert [entry["seq"] for entry in entries_of(again)] == [seq + 1]
        again.close()
        first.close()


def _note(person: SignedIn, token: str, key: str) -> None:
    body = {"key": f"{person.id}-{key}", "to": [person.id], "writer": 1, "number": 1}
    person.rest.post("/lab/note/", json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()


def _epoch(url: str, token: str) -> str:
    answer = httpx.get(url + "/api/events/", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    return str(answer.raise_for_status().json()["cursor"].rpartition(".")[0])


@pytest.mark.long
def test_credentials_that_nobody_ends_are_noticed(launch: Launch) -> None:
    """What the tests above would see."""
    ending = Ending(settled_in(launch, KINDS[0], short(LAB_MUTANT="credentials_never_end")), 0)
    time.sleep(max(0.0, ending.ends + GRACE + SLACK - time.time()))
    left = ending.left()
    ending.close()
    assert left == list(ending.followers)
