"""The real client is killed with -9 in the middle of its work, again and again, and goes on from its store.

Its handler takes a while, so that the kill finds it between the handler and the store: that one entry may come again, nothing else.
"""

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.product import Launch

CATCHES = "stores_first"
"""A mistake of the client."""


def scenario(launch: Launch, *options: str, **env: str) -> Outcome:
    with World(launch, followers=2, node=1, follow=False, env=env) as world:
        (client,) = world.clients
        client.options = ("--slow", "15", *options)
        for one in world.everybody:
            one.begin()
        world.write(200, writers=1, pause=0.02)
        for number in range(8):
            world.await_done(22 * (number + 1))
            client.crash()
        outcome = end(world, bound=5)
        assert len(client.lives) == 9
        assert len(client.again) <= 8
        return outcome


def test_a_client_killed_in_its_work_loses_nothing(launch: Launch) -> None:
    keeps("client killed", scenario, launch, CATCHES)


def test_a_client_that_stores_before_it_has_applied_is_caught(launch: Launch) -> None:
    catches(CATCHES, lambda launch, **_: scenario(launch, "--mistake", CATCHES), launch)
