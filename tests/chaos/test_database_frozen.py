"""PostgreSQL stands still (SIGSTOP, all its processes): connections stay open and answer nothing. Long form: half a minute and
two minutes as well.
"""

import time

import pytest

from tests.chaos.form import FROZEN, Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch
from tests.support.standstill import standing_still

CATCHES = "no_lock_on_the_sequence"


def scenario(fragile: Launch, postgres: PostgresServer, still: float = 5.0, **env: str) -> Outcome:
    with World(fragile, processes=2, followers=3, env=env) as world:
        world.write(240, writers=6, pause=0.005)
        world.await_done(60)
        assert postgres.process is not None
        with standing_still(postgres.process.leash.pid):
            time.sleep(still)
        outcome = end(world, bound=8)
        sockets_stayed(world)
        return outcome


@pytest.mark.timeout(300)
@pytest.mark.parametrize("still", FROZEN)
def test_a_database_that_stands_still_loses_nothing(
    fragile: Launch, postgres_server: PostgresServer, still: float
) -> None:
    def alone(launch: Launch, **env: str) -> Outcome:
        return scenario(launch, postgres_server, still, **env)

    keeps(f"database frozen {still:.0f} s", alone, fragile, CATCHES)


def test_a_mistake_is_caught(fragile: Launch, postgres_server: PostgresServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, postgres_server, **env), fragile)
