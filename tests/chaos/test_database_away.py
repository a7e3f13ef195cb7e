"""The database is shut down for a while: sockets stay open, requests are told to come back, and when it is there again
everything goes on at once and without a restart. Long form: more than a minute.
"""

import time

import httpx
import pytest

from tests.chaos import results
from tests.chaos.form import Outcome, TooLong, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Launch
from tests.support.verdict import Violated

CATCHES = "pool_backs_off"
AWAY = 70.0 if results.long() else 17.0
"""Seconds; whoever doubles the pause between attempts has just made one in vain, and sleeps as long again."""
BACK = 6.0
"""Seconds from its return to the next entry."""
ADDRESSES = ("/api/auth/me/", "/api/events/", "/api/friends/")


def scenario(fragile: Launch, postgres: PostgresServer, away: float = AWAY, **env: str) -> Outcome:
    with World(fragile, processes=2, followers=3, env={"DATABASE_POOL_TIMEOUT": "1"} | env) as world:
        world.write(20_000, pause=0.03)
        world.await_done(40)
        began = time.monotonic()
        postgres.stop()
        time.sleep(1)
        statuses = {address: ask(world, address) for address in ADDRESSES}
        if set(statuses.values()) != {(503, True)}:
            raise Violated(f"not told to come back: {statuses}")
        time.sleep(max(0.0, away - (time.monotonic() - began)))
        sockets_stayed(world)
        postgres.start()
        away = time.monotonic() - began
        world.await_done(world.done + 20, within=60)
        world.enough()
        outcome = end(world, bound=8)
        sockets_stayed(world)
        if outcome.blackout > away + BACK:
            raise TooLong(f"nothing for {outcome.blackout:.1f} s, and the database was away for {away:.1f} s")
        assert ask(world, ADDRESSES[0])[0] == 200
        return outcome


def ask(world: World, address: str) -> tuple[int, bool]:
    """The status of an answer, and whether it says when to come back."""
    token = world.product.people[0].access
    answer = httpx.get(world.servers[0].url + address, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    return answer.status_code, "retry-after" in answer.headers


@pytest.mark.timeout(300)
def test_a_database_that_is_away_closes_no_socket_and_loses_nothing(
    fragile: Launch, postgres_server: PostgresServer
) -> None:
    keeps("database away", lambda launch, **env: scenario(launch, postgres_server, **env), fragile, CATCHES)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("mistake", "away"),
    [
        (CATCHES, AWAY),
        ("sockets_end_with_the_database", 5.0),
        ("crashes_on_the_database", 5.0),
    ],
)
def test_a_mistake_is_caught(fragile: Launch, postgres_server: PostgresServer, mistake: str, away: float) -> None:
    catches(mistake, lambda launch, **env: scenario(launch, postgres_server, away, **env), fragile)
