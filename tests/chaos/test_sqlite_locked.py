"""Another program holds SQLite's write lock for ten seconds, as a backup with the wrong tool does: writing waits, nothing
fails. Every hint is lost besides.
"""

import sqlite3
import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps, sockets_stayed
from tests.support.lab.world import World
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_embedded")
CATCHES = "no_sweeper"
HELD = 10.0


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, followers=3, env={"LOSSY_BUS": "drop=1"} | env) as world:
        world.write(80, pause=0.01)
        world.await_done(20)
        holder = sqlite3.connect(world.folder / "numeneon.sqlite3", timeout=20, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        done = world.done
        time.sleep(HELD)
        assert world.done <= done + 2
        holder.execute("ROLLBACK")
        holder.close()
        outcome = end(world, bound=5, late=5 + 1)
        sockets_stayed(world)
        return outcome


def test_a_locked_sqlite_loses_nothing(launch: Launch) -> None:
    keeps("SQLite locked 10 s", scenario, launch, CATCHES)


@pytest.mark.parametrize("mistake", [CATCHES, "keeps_what_it_sent"])
def test_a_mistake_is_caught(launch: Launch, mistake: str) -> None:
    catches(mistake, scenario, launch)
