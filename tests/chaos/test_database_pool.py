"""More wants than the pool has connections: requests are told to come back, the gateway tries again, nothing is lost."""

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
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


def scenario(launch: Launch, **env: str) -> Outcome:
    patient = {"SWEEP_INTERVAL": 1, "HELLO_TIMEOUT": 100}
    with World(launch, processes=1, followers=3, streams=patient, env=SMALL | env) as world:
        for follower in world.followers:
            follower.patience = 100  # who is forgotten stays so
        run_statement(server_url(world.product.database), SLOW)
        world.write(64, writers=8)
        for _ in range(6):
            for follower in world.followers:
                follower.cut()
            world.await_done(min(60, world.done + 6))
        outcome = end(world, bound=8, writing=100)
        statuses = {status for writer in world.writers for deed in writer.deeds for status in deed.statuses}
        assert 503 in statuses, "the pool was never empty; write more"
        return outcome


def test_an_exhausted_pool_loses_nothing(launch: Launch) -> None:
    keeps("database pool exhausted", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
