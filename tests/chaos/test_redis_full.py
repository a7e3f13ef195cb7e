"""Redis is out of memory and refuses to keep anything more."""

import pytest
import redis as client

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "no_dedup"


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with (
        World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world,
        client.Redis.from_url(redis.url) as control,
    ):
        world.write(150, pause=0.02)
        world.await_done(40)
        control.config_set("maxmemory-policy", "noeviction")
        control.config_set("maxmemory", "1")
        world.await_done(100)
        for follower in world.followers:
            follower.cut()  # who comes and goes is kept in Redis
        if "LAB_MUTANT" in env:
            for server in world.servers:  # every hint comes twice
                server.env["LOSSY_BUS"] = "repeat=1"
                server.restart()
        world.await_done(130)
        control.config_set("maxmemory", "0")
        return end(world, bound=5)


def test_a_redis_out_of_memory_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis out of memory", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, redis_server, **env), launch)
