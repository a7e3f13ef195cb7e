"""A process with sockets stops in its tracks (SIGSTOP), longer than clients wait, and goes on as if nothing had been: a server
that is everything, or one of two gateways while HTTP goes on in a process of its own. Whoever hangs on it notices by its
silence; beside another, that one takes them. Long form: half a minute and two minutes as well.
"""

import time
from typing import Any

import pytest

from tests.chaos import results
from tests.chaos.form import FROZEN, PROCESSES, Outcome, TooLong, catches, end, impatient, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.profiles import Profile

CATCHES = "says_that_was_all"
WHERE: dict[str, dict[str, Any]] = {
    "server": {"processes": PROCESSES},
    "gateway": {"roles": ("web", "gateway", "gateway")},
}
CAUGHT_UP = 5.0
"""Seconds that the design gives the peer that takes the clients, from when they have noticed."""


@pytest.fixture(params=WHERE)
def what(request: pytest.FixtureRequest, profile: Profile) -> str:
    """What stands still."""
    if request.param == "gateway" and profile != "scaled":
        pytest.skip(results.SCALED)
    return str(request.param)


def scenario(launch: Launch, what: str, still: float = FROZEN[0], **env: str) -> Outcome:
    with World(launch, **WHERE[what], followers=3, node=1, env=env) as world:
        patience = impatient(world, than=still)
        frozen, *others = world.playing("serve", "gateway")
        alive = [server for server in world.playing("serve", "web") if server is not frozen]
        world.write(20_000, writers=4, pause=0.05, servers=alive)
        world.await_done(20)
        frozen.freeze()
        time.sleep(still)
        frozen.thaw()
        world.await_done(world.done + 20)
        if not others:
            for follower in world.followers:
                follower.cut()  # while the only server stood still, there was nothing to miss
            world.await_done(world.done + 60)
        world.enough()
        outcome = end(world, bound=5)
        if others and outcome.blackout > patience + CAUGHT_UP:
            raise TooLong(f"nothing for {outcome.blackout:.1f} s")
        return outcome


@pytest.mark.timeout(300)
@pytest.mark.parametrize("still", FROZEN)
def test_a_process_that_stands_still_loses_nothing(launch: Launch, what: str, still: float) -> None:
    keeps(f"{what} frozen {still:.0f} s", lambda launch, **env: scenario(launch, what, still, **env), launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch, what: str) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, what, **env), launch)
