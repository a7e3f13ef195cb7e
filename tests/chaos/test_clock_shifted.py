"""The clock of a process is a day ahead or a day behind: of one and of another, or of the only one before and after it was
started again. Order comes from numbers, never from clocks.
"""

from pathlib import Path

import pytest

from tests.chaos.form import PROCESSES, Outcome, catches, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.product import PEOPLE, Launch, Server
from tests.support.proxy import Proxy

CATCHES = "trusts_clocks"
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
LONG_TOKENS = {"ACCESS_TOKEN_MINUTES": str(4 * 24 * 60)}
"""An access token must be good on all of these days; a new person more has everybody's made anew."""


def scenario(launch: Launch, **env: str) -> Outcome:
    if LIBRARY is None:
        pytest.skip("libfaketime is not installed (Debian: apt-get install faketime)")
    made = {"processes": PROCESSES, "people": PEOPLE + 1, "followers": 3, "follow": False}
    with World(launch, env=LONG_TOKENS | env, **made) as world, Proxy(world.servers[-1].port) as proxy:  # type: ignore[arg-type]
        shift(world.servers[0], "+1d")
        if PROCESSES > 1:
            shift(world.servers[-1], "-1d")
        follow_through(world, proxy)
        world.write(20_000, writers=3, pause=0.01)
        world.await_done(60)
        proxy.answer = b""  # nobody is there to see what is written from now on
        proxy.reset()
        world.await_done(world.done + 60)
        if PROCESSES == 1:
            shift(world.servers[0], "-1d")
        proxy.answer = None
        world.await_done(world.done + 60)
        world.enough()
        return end(world, bound=5)


def shift(server: Server, days: str) -> None:
    """Start a server again, with its clock so many days off."""
    server.kill()
    server.env |= {"LD_PRELOAD": str(LIBRARY), "FAKETIME": days, "DONT_FAKE_MONOTONIC": "1"}
    server.start()


def test_clocks_a_day_off_change_nothing(launch: Launch) -> None:
    keeps("clocks a day off", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
