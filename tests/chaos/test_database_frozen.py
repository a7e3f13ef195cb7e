"""PostgreSQL stands still (SIGSTOP, all its processes) for five seconds: connections stay open and answer nothing."""

import os
import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch
from tests.support.standstill import standing_still

CATCHES = "no_lock_on_the_sequence"
STILL = 30.0 if os.environ.get("CHAOS") == "long" else 5.0


def scenario(fragile: Launch, postgres: PostgresServer, **env: str) -> Outcome:
    with World(fragile, processes=2, followers=3, env=env) as world:
        world.write(240, writers=6, pause=0.005)
        world.await_done(60)
        assert postgres.process is not None
        with standing_still(postgres.process.leash.pid):
            time.sleep(STILL)
        outcome = end(world, bound=8)
        sockets_stayed(world)
        return outcome


@pytest.mark.timeout(240)
def test_a_database_that_stands_still_loses_nothing(fragile: Launch, postgres_server: PostgresServer) -> None:
    keeps("database frozen", lambda launch, **env: scenario(launch, postgres_server, **env), fragile, CATCHES)


def test_a_mistake_is_caught(fragile: Launch, postgres_server: PostgresServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, postgres_server, **env), fragile)
