"""Every session is ended from the database's side (pg_terminate_backend), as soon as it is there, for a while every second."""

import time

import psycopg

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.databases import server_url
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "sockets_end_with_the_database"
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"


def scenario(fragile: Launch, **env: str) -> Outcome:
    with World(fragile, processes=2, followers=3, streams={"SWEEP_INTERVAL": 1}, env=env) as world:
        world.write(240, pause=0.02)
        statement = TERMINATE.format(world.product.database).encode()
        with psycopg.connect(server_url("postgres"), autocommit=True) as control:
            for _ in range(4):
                time.sleep(0.7)
                until = time.monotonic() + 1.3  # longer than from one sweep to the next
                while time.monotonic() < until:
                    control.execute(statement)
                    time.sleep(0.002)
        outcome = end(world, bound=6)
        sockets_stayed(world)
        return outcome


def test_sessions_that_are_ended_lose_nothing(fragile: Launch) -> None:
    keeps("database sessions ended", scenario, fragile, CATCHES)


def test_a_mistake_is_caught(fragile: Launch) -> None:
    catches(CATCHES, scenario, fragile)
