"""The clock of one process is a day ahead, of another a day behind. Order comes from numbers, never from clocks."""

from pathlib import Path

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_scaled")
CATCHES = "trusts_clocks"
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def scenario(launch: Launch, **env: str) -> Outcome:
    if LIBRARY is None:
        pytest.skip("libfaketime is not installed (Debian: apt-get install faketime)")
    with World(launch, processes=2, followers=3, env=env) as world:
        for days in ("+1d", "-1d"):
            shifted = {"LD_PRELOAD": str(LIBRARY), "FAKETIME": days, "DONT_FAKE_MONOTONIC": "1"}
            world.product.add_server("web", env=shifted)
        world.write(150, writers=3, pause=0.01)
        return end(world, bound=5)


def test_clocks_a_day_apart_change_nothing(launch: Launch) -> None:
    keeps("clocks a day apart", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
