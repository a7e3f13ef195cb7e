"""Redis stands still (SIGSTOP): its connections stay open and answer nothing. Nothing may wait for it for long."""

import time

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, slow_writes, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "no_sweeper"
LATE = 2.0 + 0.5


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world:
        assert redis.process is not None
        # One process only writes and the other only carries sockets: it does not learn of it by publishing.
        for follower in world.followers:
            follower.urls = follower.urls[:1]
        world.write(200, pause=0.03, servers=world.servers[1:])
        world.await_done(50)
        redis.process.freeze()
        try:
            time.sleep(4)
            late = max(time_to_arrive(world, world.servers[1]) for _ in range(3))
            if late > LATE:
                raise TooLong(f"{late:.1f} s late with a Redis that stands still")
            time.sleep(4)
        finally:
            redis.process.thaw()
        outcome = end(world, bound=5)
        slow = slow_writes(world, over=0.25 + 0.5)
        if len(slow) > len(world.servers):
            raise TooLong(f"{len(slow)} writes were slowed: {slow}")
        return outcome


def test_a_redis_that_stands_still_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis frozen", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, redis_server, **env), launch)
