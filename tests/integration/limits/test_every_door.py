"""Limits that count connections are the same at every door: what is allowed is let in, one more is not.

Per person, per address and per process. Limits of what is said on a connection are crossed in
tests/integration/streams/test_limits.py and streams_more/test_sse.py, doors that are read slowly in test_abuse.py.
"""

import time
from collections.abc import Iterator, Mapping

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.doorways import DOORWAYS, Follower
from tests.support.lab.world import lab_environment
from tests.support.processes import await_condition
from tests.support.product import Launch, Product, SignedIn

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

    def come(self, person: SignedIn, headers: Mapping[str, str] | None = None) -> int | None:
        """One more; None when it is in, else how it was turned away."""
        try:
            follower = DOORWAYS[self.door](self.product.servers[0], person, headers)
        except InvalidStatus as refused:
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


@pytest.fixture(params=DOORWAYS)
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def guests(door: str, launch: Launch, limits: dict[str, object], request: pytest.FixtureRequest) -> Iterator[Guests]:
    variables: dict[str, str] = getattr(request, "param", {})
    made = Guests(door, launch(env=lab_environment(streams=QUIET | limits) | variables))
    yield made
    for one in made.inside:
        one.close()


PROXY = {"BEHIND_PROXY": "1"}


@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_USER": MOST}])
def test_one_person_has_so_many_and_one_of_them_makes_room(guests: Guests) -> None:
    person = guests.product.login(guests.product.people[0])
    stranger = guests.product.login(guests.product.people[1])
    assert guests.come(stranger) is None
    assert [guests.come(person) for _ in range(MOST + 1)] == [None] * (MOST + 1)
    others, *mine, newest = guests.inside
    await_condition(lambda: any(one.ended for one in mine), within=5, about="one has gone")
    time.sleep(SETTLED)
    assert [one.ended for one in mine if one.ended] in ([4009], [429])
    assert (others.ended, newest.ended) == (None, None)


@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_ADDRESS": MOST}])
@pytest.mark.parametrize("guests", [PROXY], indirect=True, ids=["behind a proxy"])
def test_one_address_has_so_many_and_of_ipv6_the_64(guests: Guests) -> None:
    """Whatever the client itself writes in front of what the proxy saw."""
    people = [guests.product.login(one) for one in guests.product.people[:4]]

    def at(address: str, number: int) -> int | None:
        return guests.come(people[number % 4], {"X-Forwarded-For": address})

    assert [at(f"2001:db8:1:2::{n}", n) for n in range(MOST)] == [None] * MOST
    assert at("2001:db8:1:2:ffff::9", 3) in FULL
    assert at("198.51.100.1, 2001:db8:1:2::77", 3) in FULL
    assert at("2001:db8:1:3::1", 3) is None
    guests.inside.pop(0).close()
    await_condition(lambda: at("2001:db8:1:2::5", 0) is None, within=5, about="who goes makes room", every=0.2)


@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_ADDRESS": 1}])
def test_an_address_that_no_proxy_of_ours_tells_is_not_believed(guests: Guests) -> None:
    """Everybody is at the same loopback address, which is the operator's own and not limited."""
    person = guests.product.login(guests.product.people[0])
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert [guests.come(person, headers) for _ in range(2)] == [None, None]


@pytest.mark.parametrize("limits", [{"CONNECTIONS_PER_PROCESS": MOST}])
def test_one_process_has_so_many(guests: Guests) -> None:
    people = [guests.product.login(one) for one in guests.product.people[: MOST + 1]]
    assert [guests.come(one) for one in people[:MOST]] == [None] * MOST
    assert guests.come(people[MOST]) in FULL
    guests.inside.pop().close()
    await_condition(lambda: guests.come(people[MOST]) is None, within=5, about="who goes makes room", every=0.2)
