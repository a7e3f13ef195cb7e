"""The clock of a process is a day ahead or a day behind: of one and of another, or of the only one before and after it was
started again. Order comes from numbers, never from clocks.
"""

import time

from tests.chaos.form import PROCESSES, Outcome, catches, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.product import PEOPLE, Launch, Server
from tests.support.proxy import Proxy

CATCHES = "trusts_clocks"
LONG_TOKENS = {"ACCESS_TOKEN_MINUTES": str(4 * 24 * 60)}
"""An access token must be good on all of these days; one person more has everybody's made anew."""


def scenario(launch: Launch, **env: str) -> Outcome:
    with (
        World(
            launch, processes=PROCESSES, people=PEOPLE + 1, followers=3, follow=False, env=LONG_TOKENS | env
        ) as world,
        Proxy(world.servers[-1].port) as proxy,
    ):
        shift(world.servers[0], days=1)
        if PROCESSES > 1:
            shift(world.servers[-1], days=-1)
        follow_through(world, proxy)
        began = time.monotonic()
        world.write(20_000, writers=3, pause=0.01)
        world.await_done(60)
        proxy.answer = b""  # nobody is there to see what is written from now on
        proxy.reset()
        world.await_done(world.done + 60)
        if PROCESSES == 1:
            shift(world.servers[0], days=-1)
        proxy.answer = None
        world.await_done(world.done + 60)
        world.enough()
        return end(world, bound=5, since=began)


def shift(server: Server, *, days: int) -> None:
    """Start a server again, with its clock so many days off."""
    server.kill()
    server.env["LAB_DAYS"] = str(days)
    server.start()


def test_clocks_a_day_off_change_nothing(launch: Launch) -> None:
    keeps("clocks a day off", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
