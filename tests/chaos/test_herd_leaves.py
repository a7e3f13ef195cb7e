"""Crowds come to a gateway and are gone at once, one after the other: what they took serves the next, and does not add up.

Not in the short form: what hundreds leave behind is less than what a process breathes.
"""

import time

import pytest

from tests.chaos.form import Grown, Outcome, catches, keeps, seed
from tests.chaos.herds import outcome
from tests.support.crowd.herd import Herd, crowd_size
from tests.support.product import Launch
from tests.support.profiles import chosen_profile

CATCHES = "remembers_everyone"
CROWDS = 3
GROWTH = 0.5
"""Of what the first crowd took, how much more may be held after the last one than after the first."""
AFTER = 12.0
"""Seconds until nobody waits for the hello of those who have gone any more."""


def scenario(launch: Launch, **env: str) -> Outcome:
    people = crowd_size()
    roles = ("web", "gateway") if chosen_profile() == "scaled" else ("serve",)
    with Herd(launch, people=people, roles=roles, drain=1, gate=people, seed=seed(), env=env) as herd:
        empty, held = herd.memory.first, []
        herd.crowd.await_live(within=60)
        full = herd.memory.look()
        for _ in range(CROWDS - 1):
            held.append(gone(herd))
            herd.crowd.ask("return", within=2.0)
            herd.crowd.await_live(within=60)
        found = outcome(herd, herd.crowd.report(), healed=0.0, blackout=0.0)
        held.append(gone(herd))
        found.memory, found.peak = held[-1], herd.memory.peak
        if held[-1] - held[0] > GROWTH * (full - empty):
            raise Grown(f"a crowd took {full - empty:,} kB; after each had gone, {held} were held")
        return found


def gone(herd: Herd) -> int:
    """What is held when all have left."""
    herd.crowd.ask("leave")
    time.sleep(AFTER)
    return herd.memory.look()


@pytest.mark.timeout(300)
def test_the_memory_of_crowds_does_not_add_up(launch: Launch) -> None:
    keeps("three crowds come and go", scenario, launch, CATCHES)


@pytest.mark.timeout(300)
def test_memory_that_adds_up_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
