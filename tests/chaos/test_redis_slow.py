"""Redis is far away all of a sudden: every answer of it takes a fifth of a second, which is in time for each single request, or
half a second, which is not. Neither may be felt by whoever writes.
"""

import time

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, time_to_arrive, typical_write
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.proxy import Proxy
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "asks_a_dead_redis_each_time"
LATE = 2.0 + 0.5
DELAYS = (0.1, 0.25)
"""Seconds, each way."""


def scenario(launch: Launch, redis: RedisServer, delay: float, **env: str) -> Outcome:
    with (
        Proxy(redis.port) as proxy,
        World(launch, processes=2, followers=3, env={"REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0"} | env) as world,
    ):
        world.write(20_000, pause=0.03)
        world.await_done(50)
        proxy.delay = delay
        time.sleep(2)
        began = time.monotonic()
        late = max(time_to_arrive(world) for _ in range(3))
        if late > LATE:
            raise TooLong(f"{late:.1f} s late with a slow Redis")
        time.sleep(3)
        if (typical := typical_write(world, since=began)) > delay:
            raise TooLong(f"a write took {typical:.2f} s with a slow Redis")
        proxy.delay = 0.0
        time.sleep(3)
        late = time_to_arrive(world)
        if late > 0.9:
            raise TooLong(f"{late:.1f} s late with Redis as quick as before")
        world.enough()
        return end(world, bound=5, late=LATE + 1)


@pytest.mark.parametrize("delay", DELAYS)
def test_a_slow_redis_loses_nothing_and_slows_nobody(launch: Launch, redis_server: RedisServer, delay: float) -> None:
    def alone(launch: Launch, **env: str) -> Outcome:
        return scenario(launch, redis_server, delay, **env)

    keeps(f"Redis slow, {2 * delay:.1f} s an answer", alone, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, redis_server, DELAYS[-1], **env), launch)
