"""Servers that are everything in one are killed with -9, again and again. Beside another, that one takes the clients."""

import time

from tests.chaos.form import PROCESSES, Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "says_that_was_all"


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, processes=PROCESSES, followers=3, node=1, env=env) as world:
        world.write(20_000, writers=3, pause=0.02)
        for number in range(3):
            world.await_done(world.done + 50)
            victim = world.servers[number % PROCESSES]
            victim.kill()
            time.sleep(0.5)
            victim.start()
        world.await_done(world.done + 20)
        for follower in world.followers:
            follower.cut()  # while the only server was dead, there was nothing to miss
        world.await_done(world.done + 60)
        world.enough()
        return end(world, bound=5)


def test_a_server_that_is_killed_loses_nothing(launch: Launch) -> None:
    keeps("server killed", scenario, launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
