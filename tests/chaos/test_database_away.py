"""The database is shut down for a while: sockets stay open, requests are told to come back, and when it is there again
everything goes on without a restart. Long form: a minute.
"""

import os
import time

import httpx
import pytest

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch

CATCHES = "gives_up_on_the_database"
AWAY = 60.0 if os.environ.get("CHAOS") == "long" else 8.0


def scenario(fragile: Launch, postgres: PostgresServer, away: float = AWAY, **env: str) -> Outcome:
    with World(fragile, processes=2, followers=3, env=env) as world:
        world.write(150, pause=0.03)
        world.await_done(40)
        postgres.stop()
        began = time.monotonic()
        time.sleep(2)
        statuses = {address: ask(world, address) for address in ("/api/auth/me/", "/api/events/", "/api/friends/")}
        assert set(statuses.values()) == {(503, True)}, statuses
        time.sleep(max(0.0, away - (time.monotonic() - began)))
        sockets_stayed(world)
        postgres.start()
        outcome = end(world, bound=8)
        sockets_stayed(world)
        assert ask(world, "/api/auth/me/")[0] == 200
        return outcome


def ask(world: World, address: str) -> tuple[int, bool]:
    """The status of an answer, and whether it says when to come back."""
    token = world.product.people[0].access
    answer = httpx.get(world.servers[0].url + address, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    return answer.status_code, "retry-after" in answer.headers


@pytest.mark.timeout(240)
def test_a_database_that_is_away_closes_no_socket_and_loses_nothing(
    fragile: Launch, postgres_server: PostgresServer
) -> None:
    keeps("database away", lambda launch, **env: scenario(launch, postgres_server, **env), fragile, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "sockets_end_with_the_database"])
def test_a_mistake_is_caught(fragile: Launch, postgres_server: PostgresServer, mistake: str) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, postgres_server, 5.0, **env), fragile)
