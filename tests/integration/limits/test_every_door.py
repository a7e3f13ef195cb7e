"""Limits that are the same at every door: what is allowed is let in, one more is not.

Which limit is crossed at which door by which test is a table: tests/limits/table.py.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.limits.asking import ask
from tests.limits.doors import DOORS, FOLLOWERS, HTTP, POLLS, SERVERS, SSE, SSE_COOKIE, WAITING, shown
from tests.limits.table import at_doors
from tests.support.databases import Template
from tests.support.doorways import Follower, Socket
from tests.support.lab.doors import AsgiServer, Printing
from tests.support.lab.world import lab_environment
from tests.support.processes import await_condition
from tests.support.product import Product, SignedIn, launching
from tests.support.profiles import chosen_profile

QUIET = {"HEARTBEAT": 600, "PONG_TIMEOUT": 599}
MOST = 3
FULL = {503, 4100}
SETTLED = 0.4
"""Seconds after which whoever is to be sent away has been."""


class Guests:
    """Whoever is inside leaves with the test."""

    def __init__(self, door: str, product: Product) -> None:
        self.door, self.product = door, product
        self.inside: list[Follower] = []
        self.told_to_wait: str | None = None
        """What the last refusal said, at a door that refuses by an HTTP answer."""

    def people(self, count: int) -> list[SignedIn]:
        """So many who have not been here yet."""
        return [self.product.login(self.product.people.pop()) for _ in range(count)]

    def come(self, person: SignedIn, headers: Mapping[str, str] | None = None) -> int | None:
        """One more; None when it is in, else how it was turned away."""
        try:
            follower = FOLLOWERS[self.door](self.product.servers[0], person, headers)
        except InvalidStatus as refused:
            self.told_to_wait = refused.response.headers.get("Retry-After")
            return int(refused.response.status_code)
        deadline = time.monotonic() + SETTLED
        while follower.ended is None and time.monotonic() < deadline:
            time.sleep(0.02)
        ended = follower.ended
        if ended is None:
            self.inside.append(follower)
        else:
            follower.close()
        return ended


Begin = Callable[[str, Mapping[str, object], Mapping[str, str]], Product]


@pytest.fixture(scope="module")
def houses(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    """A server for each set of limits, which stays for all doors that it has."""
    folder, begun = tmp_path_factory.mktemp("houses"), dict[str, Product]()
    with launching(template, lambda: folder / secrets.token_hex(3), Printing()) as launch:  # type: ignore[arg-type]

        def begin(door: str, limits: Mapping[str, object], variables: Mapping[str, str]) -> Product:
            kind = SERVERS.get(door, "ours")
            name = f"{kind} {limits} {variables}"
            if name not in begun:
                env = {**lab_environment(streams={**QUIET, **limits}), **variables}
                begun[name] = product = launch(env=env, people=60, processes=1 if kind == "ours" else 0)
                if kind != "ours":
                    product.servers.append(AsgiServer(kind, env=product.env, log=product.folder / f"{kind}.log"))
                    product.servers[0].start()
            return begun[name]

        yield begin


@pytest.fixture
def guests(door: str, houses: Begin, limits: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Guests]:
    if door in SERVERS and chosen_profile() != "embedded":
        pytest.skip("other people's servers do not differ by profile")
    made = Guests(door, houses(door, limits, getattr(request, "param", {})))
    yield made
    for one in made.inside:
        one.close()


PROXY = {"BEHIND_PROXY": "1"}


@at_doors("test_one_person_has_so_many_and_one_of_them_makes_room")
@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_USER": MOST}])
def test_one_person_has_so_many_and_one_of_them_makes_room(guests: Guests) -> None:
    person, stranger = guests.people(2)
    assert guests.come(stranger) is None
    assert [guests.come(person) for _ in range(MOST + 1)] == [None] * (MOST + 1)
    others, *mine, newest = guests.inside
    await_condition(lambda: any(one.ended for one in mine), within=5, about="one has gone")
    time.sleep(SETTLED)
    assert [one.ended for one in mine if one.ended] in ([4009], [429])
    assert (others.ended, newest.ended) == (None, None)


@at_doors("test_one_address_has_so_many_and_of_ipv6_the_64")
@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_ADDRESS": MOST}])
@pytest.mark.parametrize("guests", [PROXY], indirect=True, ids=["behind a proxy"])
def test_one_address_has_so_many_and_of_ipv6_the_64(guests: Guests) -> None:
    """Whatever the client itself writes in front of what the proxy saw."""
    people = guests.people(4)
    here, beside = (f"2001:db8:{1 + DOORS.index(guests.door):x}:{net}" for net in (2, 3))

    def at(address: str, number: int) -> int | None:
        return guests.come(people[number % 4], {"X-Forwarded-For": address})

    assert [at(f"{here}::{n}", n) for n in range(MOST)] == [None] * MOST
    assert at(f"{here}:ffff::9", 3) in FULL
    assert at(f"198.51.100.1, {here}::77", 3) in FULL
    assert at(f"{beside}::1", 3) is None
    guests.inside.pop(0).close()
    await_condition(lambda: at(f"{here}::5", 0) is None, within=5, about="who goes makes room", every=0.2)


@at_doors("test_an_address_that_no_proxy_of_ours_tells_is_not_believed")
@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_ADDRESS": 1}])
def test_an_address_that_no_proxy_of_ours_tells_is_not_believed(guests: Guests) -> None:
    """Everybody is at the same loopback address, which is the operator's own and not limited."""
    (person,) = guests.people(1)
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert [guests.come(person, headers) for _ in range(2)] == [None, None]


@at_doors("test_one_process_has_so_many")
@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_PROCESS": MOST}])
def test_one_process_has_so_many(guests: Guests) -> None:
    def arrives(one: SignedIn) -> bool:
        return guests.come(one) is None

    people = guests.people(MOST + 1)
    for one in people[:MOST]:
        await_condition(partial(arrives, one), within=10, about="those of the door before have gone", every=0.1)
    assert guests.come(people[MOST]) in FULL
    guests.inside.pop().close()
    await_condition(lambda: guests.come(people[MOST]) is None, within=5, about="who goes makes room", every=0.2)


@at_doors("test_one_process_takes_so_many_in_a_second_and_says_when_to_come_back")
@pytest.mark.parametrize("limits", [{"HANDSHAKES_PER_SECOND": 0.3}])
def test_one_process_takes_so_many_in_a_second_and_says_when_to_come_back(guests: Guests) -> None:
    """One, and none for the next three seconds."""
    first, second = guests.people(2)
    await_condition(lambda: guests.come(first) is None, within=20, about="the door before is forgotten", every=0.5)
    refused_with = guests.come(second)
    assert refused_with in FULL
    if refused_with == 503 and guests.door not in WAITING:
        assert guests.told_to_wait == "2"
    if guests.door in WAITING:
        accept = "text/event-stream" if guests.door in (SSE, SSE_COOKIE) else "application/json"
        asked = {**shown(second, by_cookie="cookie" in guests.door), "Accept": accept}
        refused = httpx.get(second.server.url + "/api/events/?wait=5", headers=asked, timeout=10)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    await_condition(lambda: guests.come(second) is None, within=20, about="who comes later is let in", every=0.5)


GONE = {1001, 1006, 1012, 4100, 200, 503}


@at_doors("test_a_process_that_goes_away_keeps_nobody")
@pytest.mark.parametrize("limits", [{"DRAIN": 30}])
def test_a_process_that_goes_away_keeps_nobody(guests: Guests) -> None:
    """Told to take one second for it (`--drain 1`), it has sent everybody away and is gone soon after."""
    person, other = guests.people(2)
    assert [guests.come(person), guests.come(other)] == [None, None]
    guests.product.servers[0].stop(within=15)
    await_condition(lambda: all(one.ended for one in guests.inside), within=5, about="all have been sent away")
    assert {one.ended for one in guests.inside} <= GONE
    guests.product.servers[0].start()


@at_doors("test_the_largest_entry_reaches_every_door_and_a_larger_one_is_none")
@pytest.mark.parametrize("limits", [{}])
def test_the_largest_entry_reaches_every_door_and_a_larger_one_is_none(guests: Guests) -> None:
    """To the byte: tests/unit/streams/test_events.py."""
    (person,) = guests.people(1)
    before = ask(POLLS[0], person, None).cursor if guests.door not in SERVERS else ""
    size, too_large = 8_000, 32_000
    if guests.door not in HTTP:
        assert guests.come(person) is None
    while too_large - size > 16:
        tried = (size + too_large) // 2
        size, too_large = (tried, too_large) if _written(person, tried) else (size, tried)
    assert 30_000 < 2 * size < 32_768, "the name is there twice, as a member and in the words"
    if guests.door in HTTP:
        while (told := ask(guests.door, person, before)).more:
            before = told.cursor
        largest = max(told.sizes)
    else:
        (follower,) = guests.inside
        assert isinstance(follower, Socket)
        client = follower.client

        def seen() -> int:
            return max((len(frame_of["from_user"]["username"]) for frame_of in _people(client.frames)), default=0)

        client.await_frames(lambda: seen() >= size, about="the largest entry")
        largest = seen()
    assert size <= largest < too_large


def _written(person: SignedIn, size: int) -> bool:
    key = f"{person.id:05}-{size:05}"
    note = {"key": key, "to": [person.id], "writer": person.id, "number": size, "pad": "x" * (size - len(key))}
    return person.rest.post("/lab/note/", json={**note, "as": "friend_request"}).status_code == 201


def _people(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What tells of a person, in whatever dialect."""
    found = [frame.get("data") or frame for frame in list(frames)]
    return [frame for frame in found if "from_user" in frame]
