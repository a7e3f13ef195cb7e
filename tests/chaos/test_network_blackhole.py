"""Bytes vanish and nobody is told: neither side can know before its heartbeat does."""

import time

from tests.chaos.form import Outcome, catches, connections, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch
from tests.support.proxy import Proxy

CATCHES = "resumes_one_late"
NOTICED = 3 + 2 + 2.0
"""Seconds: a heartbeat, the wait for its pong, two ticks."""


def scenario(launch: Launch, **env: str) -> Outcome:
    with World(launch, followers=3, node=1, follow=False, env=env) as world, Proxy(world.servers[0].port) as proxy:
        follow_through(world, proxy, patience=60)  # the server, not the client, must notice
        world.write(120, pause=0.02)
        world.await_done(30)
        proxy.swallow = True
        await_condition(lambda: not connections(world), within=NOTICED, about="the server notices the silence")
        time.sleep(1)
        proxy.swallow = False
        proxy.reset()
        return end(world, bound=8)


def test_a_silent_cut_is_noticed_and_loses_nothing(launch: Launch) -> None:
    keeps("network blackhole", scenario, launch, CATCHES)


def test_a_mistake_in_resuming_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)


def test_a_server_that_does_not_listen_for_pongs_is_caught(launch: Launch) -> None:
    catches("never_notices_silence", scenario, launch)
