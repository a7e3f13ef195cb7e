"""A gateway is too slow for Redis, which throws its subscriber out: everything in the buffer is gone, and nobody is told."""

import time

import pytest
import redis as client

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "never_listens_again"


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    slow = {"PONG_TIMEOUT": 50, "HEARTBEAT": 60}
    with (
        World(
            launch, processes=2, followers=2, follow=False, streams=slow, env={"REDIS_URL": redis.url} | env
        ) as world,
        client.Redis.from_url(redis.url) as control,
    ):
        control.config_set("client-output-buffer-limit", "pubsub 65536 65536 1")
        reading, writing = world.servers
        for follower in world.followers:
            follower.urls, follower.patience = [reading.ws_url + "/ws/"], 60
            follower.begin()
        reading.freeze()
        try:
            world.write(500, servers=[writing], pad=30_000)
            for writer in world.writers:
                writer.finish(within=90)
        finally:
            reading.thaw()
        thawed = time.monotonic()
        thrown_out = control.info("stats").get("client_output_buffer_limit_disconnections")
        outcome = end(world, bound=6, late=5 + 1, reachable=thawed)
        if thrown_out is not None:
            assert thrown_out, "Redis has thrown nobody out; write more"
        late = max(time_to_arrive(world, writing) for _ in range(2))
        if late > 0.9:
            raise TooLong(f"{late:.1f} s late: nobody listens any more")
        return outcome


def test_a_subscriber_that_is_thrown_out_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis output limit", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, redis_server, **env), launch)
