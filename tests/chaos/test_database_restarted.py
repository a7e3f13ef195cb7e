"""PostgreSQL is restarted, twice, as an upgrade does: every connection to it ends in the middle of what it does."""

import time

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch

CATCHES = "sockets_end_with_the_database"


def scenario(fragile: Launch, postgres: PostgresServer, **env: str) -> Outcome:
    impatient = {"DATABASE_POOL_TIMEOUT": "1"}  # who waits longer for a connection notices nothing
    with World(fragile, processes=2, followers=3, streams={"SWEEP_INTERVAL": 1}, env=impatient | env) as world:
        world.write(20_000, pause=0.02)
        for _ in range(2):
            world.await_done(world.done + 60)
            postgres.stop()
            time.sleep(2.5)
            postgres.start()
        world.await_done(world.done + 60)
        world.enough()
        outcome = end(world, bound=8)
        sockets_stayed(world)
        return outcome


def test_a_restarted_database_loses_nothing(fragile: Launch, postgres_server: PostgresServer) -> None:
    keeps("database restarted", lambda launch, **env: scenario(launch, postgres_server, **env), fragile, CATCHES)


def test_a_mistake_is_caught(fragile: Launch, postgres_server: PostgresServer) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, postgres_server, **env), fragile)
