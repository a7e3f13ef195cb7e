"""More wants than the pool has connections: requests are told to come back, the gateway tries again, nothing is lost.

In a process that is everything, whoever comes back stands in line with the writers, three times, each time for no longer than
they do; who stays is served by hints, which need no connection. A gateway in a process of its own has a pool of its own.
"""

from typing import Any

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps, latest
from tests.support.databases import server_url
from tests.support.lab.world import World
from tests.support.postgres import run_statement
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "gives_up_on_the_database"
SMALL = {"DATABASE_POOL_MAX": "2", "DATABASE_POOL_TIMEOUT": "0.3"}
SLOW = """
CREATE FUNCTION wait_a_bit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.25); RETURN NEW; END $$;
CREATE TRIGGER wait_a_bit BEFORE INSERT ON django_session FOR EACH ROW EXECUTE FUNCTION wait_a_bit();
"""


WHERE: dict[str, dict[str, Any]] = {"": {"processes": 1}, ", a gateway apart": {"roles": ("web", "gateway")}}
LATE = 2.0
"""Seconds for whoever needs no connection of that pool."""


def scenario(launch: Launch, where: str = "", **env: str) -> Outcome:
    patient = {"SWEEP_INTERVAL": 1, "HELLO_TIMEOUT": 100}
    with World(launch, **WHERE[where], followers=3, streams=patient, env=SMALL | env) as world:
        for follower in world.followers:
            follower.patience = 100  # who is forgotten stays so
        stays, *cut = world.followers
        run_statement(server_url(world.product.database), SLOW)
        world.write(64, writers=8)
        for _ in range(6):
            for follower in cut:
                follower.cut()
            world.await_done(min(60, world.done + 6))
        outcome = end(world, bound=8, writing=100)
        statuses = {status for writer in world.writers for deed in writer.deeds for status in deed.statuses}
        assert 503 in statuses, "the pool was never empty; write more"
        late = latest(world) if where else latest(world, but=cut)
        if late > LATE:
            raise TooLong(f"{late:.1f} s late, and no connection was needed")
        assert stays.connects == 1
        return outcome


@pytest.mark.parametrize("where", WHERE)
def test_an_exhausted_pool_loses_nothing(launch: Launch, where: str) -> None:
    keeps(f"database pool exhausted{where}", lambda launch, **env: scenario(launch, where, **env), launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
