"""One of two servers is killed with -9, again and again; the other takes its clients."""

import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "resumes_one_late"


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env=env) as world:
        world.write(240, writers=3, pause=0.02)
        for number in range(3):
            world.await_done(50 * (number + 1))
            victim = world.servers[number % 2]
            victim.kill()
            time.sleep(0.5)
            victim.start()
        return end(world, bound=5)


@pytest.mark.usefixtures("only_scaled")
def test_a_server_killed_beside_another_loses_nothing(launch: Launch) -> None:
    keeps("server killed", scenario, launch, CATCHES)


@pytest.mark.usefixtures("only_scaled")
def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
