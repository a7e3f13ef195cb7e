"""Every server is stopped as an operator would and started again, one after the other, while people write and follow."""

import pytest

from tests.chaos.form import Outcome, TooLong, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "resumes_one_late"
BLACKOUT = 6.0
"""Seconds without an entry that a client may have; the design says five, and this machine starts servers slowly."""


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, processes=2, followers=4, env=env) as world:
        world.write(300, writers=3, pause=0.05)
        world.await_done(20)
        for server in world.servers:
            assert server.stop() == 0
            server.start()
        outcome = end(world, bound=5, late=5 + 1)
        assert all(1012 in follower.codes or follower.connects > 1 for follower in world.followers)
        if outcome.blackout > BLACKOUT:
            raise TooLong(f"nothing for {outcome.blackout:.1f} s")
        return outcome


@pytest.mark.usefixtures("only_scaled")
def test_a_rolling_restart_loses_nothing(launch: Launch) -> None:
    keeps("rolling restart", scenario, launch, CATCHES)


@pytest.mark.usefixtures("only_scaled")
def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
