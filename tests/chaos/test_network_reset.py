"""Every connection is cut with RST, again and again, while people write."""

import time

from tests.chaos.form import Outcome, catches, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.proxy import Proxy

CATCHES = "resumes_one_late"


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, followers=3, node=1, follow=False, env=env) as world, Proxy(world.servers[0].port) as proxy:
        follow_through(world, proxy)
        world.write(200, pause=0.01)
        for _ in range(8):
            time.sleep(0.4)
            proxy.reset()
        outcome = end(world, bound=5)
        assert all(follower.connects >= 5 for follower in world.followers)
        return outcome


def test_connections_that_are_reset_lose_nothing(launch: Launch) -> None:
    keeps("network reset", scenario, launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
