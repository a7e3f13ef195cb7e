"""Redis is killed while people write, stays away, and comes back empty: the sweeper carries meanwhile, and writing goes on."""

import time

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, slow_writes, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "no_sweeper"
LATE = 2.0 + 0.5
"""Seconds: the bound of the design, and what a test's machine adds."""


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, node=1, env={"REDIS_URL": redis.url} | env) as world:
        world.write(250, pause=0.03, gives_up=0.0)
        world.await_done(50)
        redis.kill()
        time.sleep(4)
        late = max(time_to_arrive(world) for _ in range(3))
        if late > LATE:
            raise TooLong(f"{late:.1f} s late without Redis")
        redis.start()
        time.sleep(3)
        late = time_to_arrive(world)
        if late > 0.9:
            raise TooLong(f"{late:.1f} s late with Redis back")
        outcome = end(world, bound=5, late=LATE + 1)
        slow = slow_writes(world, over=0.25 + 0.5)
        if len(slow) > len(world.servers):
            raise TooLong(f"{len(slow)} writes were slowed: {slow}")
        return outcome


def test_redis_killed_and_back_empty_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis killed, back empty", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "bus_that_fails_requests", "never_listens_again"])
def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer, mistake: str) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, redis_server, **env), launch)
