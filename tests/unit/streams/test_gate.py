"""Nobody takes all the room, and a herd comes in at the pace of the door."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from streams.conf import conf
from streams.gateway.gate import Gate
from tests.support.crowd.crowd import most_within


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def gate() -> Iterator[Callable[..., tuple[Gate, Clock]]]:
    """Makes gates with other limits."""
    changed: list[Any] = []

    def make(**limits: int) -> tuple[Gate, Clock]:
        change = override_settings(STREAMS={**settings.STREAMS, **limits})
        change.enable()
        changed.append(change)
        conf.cache_clear()
        clock = Clock()
        return Gate(clock), clock

    yield make
    for change in changed:
        change.disable()
    conf.cache_clear()


def test_one_address_fills_its_share_and_no_more(gate: Callable[..., tuple[Gate, Clock]]) -> None:
    door, _ = gate(CONNECTIONS_PER_ADDRESS=2)
    assert [door.enter("203.0.113.7") for _ in range(3)] == [True, True, False]
    assert door.enter("203.0.113.8")
    door.leave("203.0.113.7")
    assert door.enter("203.0.113.7")
    assert door.inside == 3


def test_a_household_of_ipv6_is_one_address(gate: Callable[..., tuple[Gate, Clock]]) -> None:
    door, _ = gate(CONNECTIONS_PER_ADDRESS=2)
    assert [door.enter(f"2001:db8:1:2::{number}") for number in range(3)] == [True, True, False]
    assert door.enter("2001:db8:1:3::1")


def test_the_process_is_full_for_everybody(gate: Callable[..., tuple[Gate, Clock]]) -> None:
    door, _ = gate(CONNECTIONS_PER_PROCESS=2)
    assert [door.enter(address) for address in ("127.0.0.1", "", "203.0.113.7")] == [True, True, False]
    door.leave("127.0.0.1")
    assert door.enter("203.0.113.7")


def test_a_herd_is_let_in_at_the_pace_of_the_door(gate: Callable[..., tuple[Gate, Clock]]) -> None:
    door, clock = gate(HANDSHAKES_PER_SECOND=100)
    assert sum(door.enter("127.0.0.1") for _ in range(500)) == 10
    clock.now = 0.1
    assert sum(door.enter("127.0.0.1") for _ in range(500)) == 9
    clock.now = 100
    assert sum(door.enter("127.0.0.1") for _ in range(500)) == 10


@pytest.mark.parametrize("rate", [1, 7, 1_000])
def test_no_second_has_more_than_the_rate_also_after_a_rest(gate: Callable[..., tuple[Gate, Clock]], rate: int) -> None:
    door, clock = gate(HANDSHAKES_PER_SECOND=rate)
    entered: list[float] = []
    for moment in [*range(1_000), *range(60_000, 64_000)]:
        clock.now = moment / 1_000
        while door.enter("127.0.0.1"):
            entered.append(clock.now)
    assert most_within(entered, 1.0) <= rate
    assert len(entered) >= 4 * rate * 0.9


def test_nothing_is_kept_of_those_who_have_left(gate: Callable[..., tuple[Gate, Clock]]) -> None:
    door, _ = gate()
    for number in range(50):
        assert door.enter(f"203.0.113.{number}")
    for number in range(50):
        door.leave(f"203.0.113.{number}")
    assert (door.inside, door._from) == (0, {})
