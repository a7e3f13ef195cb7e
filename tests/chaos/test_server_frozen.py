"""One of two servers stops in its tracks (SIGSTOP) for longer than clients wait, and goes on as if nothing had been."""

import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "resumes_one_late"
FROZEN = 10.0


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env=env) as world:
        frozen, well = world.servers
        world.write(150, writers=2, pause=0.1, servers=[well])
        world.await_done(20)
        frozen.freeze()
        time.sleep(FROZEN)
        frozen.thaw()
        return end(world, bound=8)


@pytest.mark.usefixtures("only_scaled")
def test_a_frozen_server_loses_nothing(launch: Launch) -> None:
    keeps("server frozen", scenario, launch, CATCHES)


@pytest.mark.usefixtures("only_scaled")
def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
