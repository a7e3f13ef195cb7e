"""All of it, one on top of the other: processes, network, Redis and database are struck at random while people write and
follow. What happened, by which seed, is in the output and in the table; the long form rolls the dice five times.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.chaos import nemesis, results
from tests.chaos.form import PROCESSES, Outcome, catches, end, keeps, seed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch
from tests.support.profiles import Profile
from tests.support.proxy import Proxy
from tests.support.redis import RedisServer

CATCHES = "says_that_was_all"
ROUNDS = 5 if results.long() else 1

Place = tuple[Launch, PostgresServer | None, RedisServer | None]


@pytest.fixture
def place(profile: Profile, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Where it happens: with a database and a Redis of its own to be cruel to, when there are any."""
    if profile == "embedded":
        yield request.getfixturevalue("launch"), None, None
    else:
        yield tuple(request.getfixturevalue(name) for name in ("fragile", "postgres_server", "redis_server"))


def scenario(launch: Launch, place: Place, chance: int, **env: str) -> Outcome:
    _, postgres, redis = place
    dice = random.Random(chance)
    with ExitStack() as stack:
        to_redis = stack.enter_context(Proxy(redis.port)) if redis else None
        if to_redis:
            env["REDIS_URL"] = f"redis://127.0.0.1:{to_redis.port}/0"
        world = stack.enter_context(
            World(launch, processes=PROCESSES, followers=3, follow=False, seed=chance, env={"LOSSY_BUS": LOSSY} | env)
        )
        proxies = [stack.enter_context(Proxy(server.port)) for server in world.servers]
        faults = nemesis.to_servers(world.servers, proxies)
        if redis and to_redis:
            faults += nemesis.to_redis(redis, to_redis)
        faults += nemesis.to_postgres(postgres, world) if postgres else nemesis.to_sqlite(world)
        for number, follower in enumerate(world.followers):
            follower.urls = [proxies[(number + at) % PROCESSES].ws_url + "/ws/" for at in range(PROCESSES)]
            follower.begin()
        world.write(20_000, writers=3, pause=0.05)
        strikes = nemesis.schedule(faults, dice)
        print(f"CHAOS_SEED={chance}", *strikes, sep="\n")
        nemesis.unleash(strikes)
        world.enough()
        outcome = end(world, bound=5)
        outcome.seed = chance
        return outcome


LOSSY = "drop=0.1,repeat=0.1,reorder=0.1,seed=5"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_everything_at_once_loses_nothing(place: Place, number: int) -> None:
    chance = seed() + number
    name = f"mixed {number + 1}" if number else "mixed"
    keeps(name, lambda launch, **env: scenario(launch, place, chance, **env), place[0], CATCHES)


@pytest.mark.timeout(300)
def test_a_mistake_is_caught(place: Place) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, place, seed(), **env), place[0])
