"""Redis gets another password: who is connected is thrown out and cannot come back until somebody tells it, or takes it back."""

import time

import pytest
import redis as client

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "no_sweeper"
LATE = 2.0 + 0.5


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with (
        World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world,
        client.Redis.from_url(redis.url) as control,
    ):
        world.write(200, pause=0.03)
        world.await_done(40)
        control.config_set("requirepass", "another")
        control.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        control.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        time.sleep(3)
        late = max(time_to_arrive(world) for _ in range(3))
        if late > LATE:
            raise TooLong(f"{late:.1f} s late without Redis")
        control.config_set("requirepass", "")
        time.sleep(3)
        late = time_to_arrive(world)
        if late > 0.9:
            raise TooLong(f"{late:.1f} s late with Redis back")
        return end(world, bound=5, late=LATE + 1)


def test_a_changed_password_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis password changed", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "never_listens_again"])
def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer, mistake: str) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, redis_server, **env), launch)
