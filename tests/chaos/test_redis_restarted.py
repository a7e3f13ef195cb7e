"""Redis is restarted three times in a row, as an upgrade does, and knows nothing each time: who listened must ask to again."""

import time

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, time_to_arrive
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.redis import RedisServer

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "never_listens_again"
LATE = 2.0 + 0.5


def scenario(launch: Launch, redis: RedisServer, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env={"REDIS_URL": redis.url} | env) as world:
        world.write(20_000, pause=0.03)
        for _ in range(3):
            world.await_done(world.done + 40)
            redis.kill()
            redis.start()
        time.sleep(3)
        late = max(time_to_arrive(world) for _ in range(2))
        if late > 0.9:
            raise TooLong(f"{late:.1f} s late with Redis back")
        world.enough()
        return end(world, bound=5, late=LATE + 1)


def test_a_redis_that_is_restarted_loses_nothing(launch: Launch, redis_server: RedisServer) -> None:
    keeps("Redis restarted empty", lambda launch, **env: scenario(launch, redis_server, **env), launch, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "keeps_what_it_sent"])
def test_a_mistake_is_caught(launch: Launch, redis_server: RedisServer, mistake: str) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, redis_server, **env), launch)
