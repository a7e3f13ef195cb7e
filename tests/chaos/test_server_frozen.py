"""A server stops in its tracks (SIGSTOP), longer than clients wait, and goes on as if nothing had been. Long form: half a
minute and two minutes as well. Beside another, that one takes the clients.
"""

import time

import pytest

from tests.chaos.form import FROZEN, PROCESSES, Outcome, catches, end, impatient, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "says_that_was_all"


def scenario(launch: Launch, still: float = FROZEN[0], **env: str) -> Outcome:
    with World(launch, processes=PROCESSES, followers=3, node=1, env=env) as world:
        impatient(world, than=still)
        frozen = world.servers[0]
        world.write(20_000, writers=6, pause=0.02, servers=world.servers[1:])
        world.await_done(20)
        frozen.freeze()
        time.sleep(still)
        frozen.thaw()
        world.await_done(world.done + 20)
        for follower in world.followers:
            follower.cut()  # while the only server stood still, there was nothing to miss
        world.await_done(world.done + 60)
        world.enough()
        return end(world, bound=8)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("still", FROZEN)
def test_a_frozen_server_loses_nothing(launch: Launch, still: float) -> None:
    keeps(f"server frozen {still:.0f} s", lambda launch, **env: scenario(launch, still, **env), launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
