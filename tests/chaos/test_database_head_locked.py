"""Somebody holds the lock of one person's head for long: writing goes on, everybody else is served, and she is when it ends."""

import time

import psycopg
import pytest

from tests.chaos import results
from tests.chaos.form import Outcome, TooLong, catches, end, keeps, slow_writes
from tests.support.databases import server_url
from tests.support.lab.world import World
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "numbering_forgotten"
HELD = 30.0 if results.long() else 8.0
WAITS = 2 * 2.0 + 1.5
"""Seconds a write waits for a head that somebody keeps, and what a test's machine adds. Twice, because PostgreSQL limits the
wait for each lock by itself, and who is not the first in the queue waits for its place in it as well as for the row."""


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, processes=2, followers=3, env=env) as world:
        world.write(60, pause=0.01)
        world.await_done(20)
        hers, *others = world.followers
        with psycopg.connect(server_url(world.product.database)) as holder:
            holder.execute("SELECT head FROM streams_stream WHERE user_id = %s FOR UPDATE", [hers.user_id])
            before = hers.seq
            until = time.monotonic() + HELD
            applied = [len(other.applied) for other in others]
            while time.monotonic() < until:
                time.sleep(0.2)
            assert hers.seq - before <= 4, "what was numbered before the lock"
            if not all(len(other.applied) > count for other, count in zip(others, applied, strict=True)):
                raise TooLong("others waited for her lock")
            holder.rollback()
        outcome = end(world, bound=6)
        if slow := slow_writes(world, over=WAITS):
            raise TooLong(f"writes took {slow}")
        return outcome


@pytest.mark.timeout(200)
def test_a_lock_that_is_held_loses_nothing_and_holds_up_nobody_else(launch: Launch) -> None:
    keeps("head lock held", scenario, launch, CATCHES)


@pytest.mark.timeout(200)
def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
