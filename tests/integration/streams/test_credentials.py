"""A login that ends has nobody left at any door of any process a second later, whether the hint came or was lost.

Every cause at every door on every process; the other logins of the same person, and other people, stay where they are
unless it was they who ended too.
"""

import time
from collections.abc import Iterator

import pytest

from tests.support.causes import CAUSES, log_out
from tests.support.databases import Template
from tests.support.doorways import DOORWAYS
from tests.support.lab.house import KINDS, LONG, at_every_door, inhabited
from tests.support.lab.world import lab_environment
from tests.support.product import Launch, Product
from tests.support.selection import short_of

A_SECOND = 1.0
"""What is promised. A busy machine is given `SLACK` on top, much less than the ten seconds of any other way to notice."""
SLACK = 2.0


HOUSES = [f"{kind}, {bus}" for kind in KINDS for bus in ("heard", "deaf")]


@pytest.fixture(scope="module", params=short_of(HOUSES, HOUSES[:2]))
def house(
    request: pytest.FixtureRequest, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """Every process there is; `deaf` loses every hint."""
    kind, bus = request.param.split(", ")
    env = lab_environment(streams=LONG) | ({"LOSSY_BUS": "drop=1"} if bus == "deaf" else {})
    with inhabited(template, tmp_path_factory.mktemp("credentials"), kind, env) as product:
        yield product


def test_without_the_table_a_login_whose_hint_was_lost_lives_on(launch: Launch) -> None:
    """What the tests above would see if nobody looked at it."""
    env = lab_environment(streams=LONG, LOSSY_BUS="drop=1", LAB_MUTANT="ended_logins_unread")
    product = launch(env=env)
    person = product.login(product.people[0])
    followers = at_every_door(product, person)
    log_out(product, person)
    time.sleep(A_SECOND + SLACK)
    left = [name for name, one in followers.items() if one.ended is None]
    for one in followers.values():
        one.close()
    assert len(left) == len(DOORWAYS)


@pytest.mark.parametrize("cause", CAUSES)
def test_an_ended_login_has_nobody_left_at_any_door(house: Product, cause: str) -> None:
    end, all_of_them = CAUSES[cause]
    number = list(CAUSES).index(cause)
    person, other = house.login(house.people[number]), house.login(house.people[number])
    stranger = house.login(house.people[-1])
    mine, theirs, strangers = (at_every_door(house, one) for one in (person, other, stranger))
    try:
        time.sleep(0.3)
        everybody = {**mine, **{f"{name}, other login": one for name, one in theirs.items()}}
        assert {name for name, one in everybody.items() if one.ended is not None} == set(), "somebody was not let in"
        end(house, person)
        over = everybody if all_of_them else mine
        deadline = time.monotonic() + A_SECOND + SLACK
        while (left := [name for name, one in over.items() if one.ended is None]) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert left == [], "somebody is still there"
        assert {name: one.ended for name, one in over.items() if one.ended not in (4004, 401)} == {}
        stay = {**strangers, **({} if all_of_them else theirs)}
        assert {name: one.ended for name, one in stay.items() if one.ended is not None} == {}
    finally:
        for one in (*mine.values(), *theirs.values(), *strangers.values()):
            one.close()
