"""HTTP, sockets and jobs are processes apart, two of each, and those of one role are killed with -9 at random moments."""

import random
import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps, seed
from tests.support.lab.world import World
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_scaled")
ROLES = ("web", "web", "gateway", "gateway")
CATCHES = {"web": "confirms_before_it_commits", "gateway": "says_that_was_all"}
KILLS = 5


def scenario(launch: Launch, role: str, **env: str) -> Outcome:
    dice = random.Random(seed())
    with World(launch, roles=ROLES, followers=3, seed=seed(), env=env) as world:
        world.write(4_000, writers=3, pause=0.03)
        for _ in range(KILLS):
            world.await_done(world.done + dice.randint(5, 40))
            time.sleep(dice.uniform(0, 0.05))
            victim = dice.choice(world.playing(role))
            victim.kill()
            victim.start()
        world.enough()
        outcome = end(world, bound=5, late=5 + 1)
        outcome.seed = seed()
        return outcome


@pytest.mark.parametrize("role", CATCHES)
def test_killing_one_role_loses_nothing(launch: Launch, role: str) -> None:
    keeps(f"{role} killed", lambda launch, **env: scenario(launch, role, **env), launch, CATCHES[role])


@pytest.mark.parametrize("role", CATCHES)
def test_a_mistake_is_caught(launch: Launch, role: str) -> None:
    catches(CATCHES[role], lambda launch, **env: scenario(launch, role, **env), launch)
