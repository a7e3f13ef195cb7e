"""Redis stands still (SIGSTOP): its connections stay open and answer nothing. Nothing may wait for it for long. Long form: half
a minute and two minutes as well.
"""

import time

import pytest

from tests.chaos.form import FROZEN, Outcome, TooLong, catches, end, keeps, slow_writes, time_to_arrive, typical_write
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "no_sweeper"
LATE = 2.0 + 0.5
NOTICED = 4.0
"""Seconds in which a process that only carries sockets learns of it; the design's bound holds from then on."""


def scenario(launch: Launch, redis: RedisServer, still: float = 8.0, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world:
        assert redis.process is not None
        # One process only writes and the other only carries sockets: it does not learn of it by publishing.
        for follower in world.followers:
            follower.urls = follower.urls[:1]
        world.write(20_000, pause=0.03, servers=world.servers[1:])
        world.await_done(50)
        redis.process.freeze()
        began = time.monotonic()
        try:
            time.sleep(NOTICED)
            late = max(time_to_arrive(world, world.servers[1]) for _ in range(3))
            if late > LATE:
                raise TooLong(f"{late:.1f} s late with a Redis that stands still")
            time.sleep(max(0.0, began + still - time.monotonic()))
        finally:
            redis.process.thaw()
        if (typical := typical_write(world, since=began)) > 0.2:
            raise TooLong(f"a write took {typical:.2f} s with a Redis that stands still")
        world.enough()
        outcome = end(world, bound=5, late=NOTICED + LATE)
        slow = slow_writes(world, over=0.25 + 0.5)
        if len(slow) > len(world.servers):
            raise TooLong(f"{len(slow)} writes were slowed: {slow}")
        return outcome


@pytest.mark.timeout(300)
@pytest.mark.parametrize("still", FROZEN)
def test_a_redis_that_stands_still_loses_nothing(launch: Launch, redis_server: RedisServer, still: float) -> None:
    def alone(launch: Launch, **env: str) -> Outcome:
        return scenario(launch, redis_server, max(still, 8.0), **env)

    keeps(f"Redis frozen {max(still, 8.0):.0f} s", alone, launch, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "asks_a_dead_redis_each_time"])
def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer, mistake: str) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, redis_server, **env), launch)
