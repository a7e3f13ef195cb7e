"""One of two gateways stops in its tracks (SIGSTOP) while HTTP goes on in a process of its own: those who hang on it notice by
its silence and go to the other. Long form: half a minute and two minutes as well.
"""

import time

import pytest

from tests.chaos.form import FROZEN, Outcome, TooLong, catches, end, impatient, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "says_that_was_all"
CAUGHT_UP = 5.0
"""Seconds that the design gives the peer that takes the clients, from when they have noticed."""


def scenario(launch: Launch, still: float = FROZEN[0], **env: str) -> Outcome:
    with World(launch, roles=("web", "gateway", "gateway"), followers=4, env=env) as world:
        patience = impatient(world, than=still)
        world.write(20_000, writers=2, pause=0.05)
        world.await_done(20)
        frozen = world.playing("gateway")[0]
        frozen.freeze()
        time.sleep(still)
        frozen.thaw()
        world.await_done(world.done + 20)
        world.enough()
        outcome = end(world, bound=5)
        if outcome.blackout > patience + CAUGHT_UP:
            raise TooLong(f"nothing for {outcome.blackout:.1f} s")
        return outcome


@pytest.mark.timeout(300)
@pytest.mark.parametrize("still", FROZEN)
def test_a_frozen_gateway_loses_nothing(launch: Launch, still: float) -> None:
    keeps(f"gateway frozen {still:.0f} s", lambda launch, **env: scenario(launch, still, **env), launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
