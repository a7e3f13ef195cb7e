"""Redis is out of memory and refuses to keep anything more."""

import time

import pytest
import redis as client

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "leaves_without_its_presence"
LATE = 2.0 + 0.5


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with (
        World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world,
        client.Redis.from_url(redis.url) as control,
    ):
        world.write(20_000, pause=0.02)
        world.await_done(40)
        control.config_set("maxmemory-policy", "noeviction")
        control.config_set("maxmemory", "1")
        for follower in world.followers:
            follower.cut()  # who comes and goes is kept in Redis
        time.sleep(3)
        late = max(time_to_arrive(world) for _ in range(2))
        if late > LATE:
            raise TooLong(f"{late:.1f} s late with a full Redis")
        control.config_set("maxmemory", "0")
        world.await_done(world.done + 40)
        world.enough()
        outcome = end(world, bound=5, late=LATE + 1)
        if any(follower.connects > 2 for follower in world.followers):
            raise TooLong(f"sockets ended: {[follower.codes for follower in world.followers]}")
        return outcome


def test_a_redis_out_of_memory_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis out of memory", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, redis_server, **env), launch)
