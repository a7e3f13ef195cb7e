"""Proxies that say everything twice, refuse the upgrade, or answer with a page of their own, and later become good."""

import time

import pytest

from tests.chaos.form import Outcome, catches, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.proxy import BAD_GATEWAY, NOT_A_STREAM, Proxy

CATCHES = "resumes_one_late"


def bad(launch: Launch, answer: bytes, **env: str) -> Outcome:
    with World(launch, followers=2, node=1, follow=False, env=env) as world, Proxy(world.servers[0].port) as proxy:
        follow_through(world, proxy)
        world.write(100, pause=0.02)
        world.await_done(20)
        proxy.answer = answer
        proxy.reset()
        time.sleep(2)
        assert world.done > 20
        assert proxy.accepted > 4, "clients go on trying"
        proxy.answer = None
        return end(world, bound=5)


def repeating(launch: Launch, **env: str) -> Outcome:
    with World(launch, followers=2, node=1, follow=False, env=env) as world, Proxy(world.servers[0].port) as proxy:
        proxy.twice = True
        follow_through(world, proxy)
        world.write(150, pause=0.01)
        for _ in range(6):
            time.sleep(0.4)
            proxy.reset()
        return end(world, bound=5)


ANSWERS = {"cuts at once": b"", "refuses the upgrade": BAD_GATEWAY, "answers a page": NOT_A_STREAM}


@pytest.mark.parametrize("how", ANSWERS)
def test_a_proxy_that_lets_nobody_through_for_a_while_loses_nothing(launch: Launch, how: str) -> None:
    keeps(f"proxy {how}", lambda launch, **env: bad(launch, ANSWERS[how], **env), launch, CATCHES)


def test_a_proxy_that_says_everything_twice_changes_nothing(launch: Launch) -> None:
    keeps("proxy says all twice", repeating, launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, lambda launch, **env: bad(launch, BAD_GATEWAY, **env), launch)


def test_a_mistake_in_resuming_is_caught_behind_a_repeating_proxy(launch: Launch) -> None:
    catches(CATCHES, repeating, launch)
