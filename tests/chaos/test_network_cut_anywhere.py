"""The connection is cut after one byte, after two, after three …: inside every header, number and string of a resume. The
short form takes every fifth byte.
"""

import itertools

import pytest

from tests.chaos.form import Outcome, catches, end, follow_through, keeps
from tests.chaos.results import form
from tests.support import follower
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch
from tests.support.proxy import Proxy

CATCHES = "resumes_one_late"
REACH = 800
"""Bytes: a welcome and the first entries of a replay."""
OFFSETS = range(1, REACH, 5 if form() == "short" else 1)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "RETRY", (0.0, 0.002))


def scenario(launch: Launch, **env: str) -> Outcome:
    offsets = itertools.chain([None], OFFSETS, itertools.repeat(None))
    with (
        World(launch, followers=1, follow=False, env=env) as world,
        Proxy(world.servers[0].port, cut_after=offsets.__next__) as proxy,
    ):
        follow_through(world, proxy)
        world.write(20_000, writers=1, pause=0.02)  # a cut comes only when there are so many bytes
        proxy.reset()
        await_condition(lambda: proxy.accepted > len(OFFSETS) + 1, within=200, about="every offset was tried")
        world.enough()
        return end(world, bound=5)


@pytest.mark.timeout(300)
def test_a_cut_at_any_byte_loses_nothing(launch: Launch) -> None:
    keeps("network cut at every byte", scenario, launch, CATCHES)


@pytest.mark.timeout(300)
def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
