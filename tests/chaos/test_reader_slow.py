"""Clients that read a kilobyte a second, or nothing at all, behind every door: nobody else notices, and the memory does not.

What they have not read waits in the table. They are ended (4201), and who comes back has everything, once and in order.
"""

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.chaos.form import GROWTH, Grown, Outcome, TooLong, catches, end, keeps, time_to_arrive
from tests.support.follower import Follower
from tests.support.lab.doors import KINDS, AsgiServer
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch, Product
from tests.support.proxy import Proxy
from tests.support.raw_socket import TEXT, RawSocket, client_frame

pytestmark = pytest.mark.timeout(240)
CATCHES = "no_mark_on_the_buffer"
PATIENT = {"WRITE_STALL": 3, "HEARTBEAT": 60, "PONG_TIMEOUT": 50}
DEAF = 8
"""Connections of each person that never read."""
LARGE = 30_000
REACHABLE = {"ALLOWED_HOSTS": "localhost,127.0.0.1"}
LATE = 2.0
"""Seconds in which everybody else must have what is written for them."""


def at_door(launch: Launch, kind: str) -> Callable[..., Product]:
    """A launch with this server in it."""

    def start(**named: Any) -> Product:
        if kind == "fast":
            return launch(**named)
        product = launch(**(named | {"processes": 0}))
        server = AsgiServer(kind, env=product.env, log=product.folder / f"{kind}.log")
        server.role = "serve"
        product.servers.append(server)
        server.start()
        return product

    return start


def closed(world: World, code: int) -> int:
    """Connections that the server has ended with this code."""
    told = httpx.get(world.servers[0].url + "/metrics", timeout=10).text
    found = re.search(rf'^streams_closed_total{{code="{code}"}} (\S+)$', told, re.MULTILINE)
    return int(float(found.group(1))) if found else 0


def never(launch: Launch, kind: str, **env: str) -> Outcome:
    with (
        World(at_door(launch, kind), followers=4, streams=PATIENT, env=env | REACHABLE) as world,
        ExitStack() as stack,
    ):
        honest = list(world.followers)
        for follower in honest:
            for _ in range(DEAF):
                deaf = stack.enter_context(RawSocket(follower.urls[0], receive_buffer=4_096))
                deaf.upgrade()
                deaf.send(client_frame(TEXT, json.dumps({"type": "hello", "token": follower.token}).encode()))
        world.write(400, pad=LARGE)
        world.await_done(200, within=60)
        late = max(time_to_arrive(world) for _ in range(5))
        if late > LATE:
            raise TooLong(f"others were {late:.1f} s late")
        for writer in world.writers:
            writer.finish(within=90)
        everyone = DEAF * len(honest)
        await_condition(lambda: closed(world, 4201) >= everyone, within=30, about=f"{everyone} are ended with 4201")
        world.followers += [_come_back(world, follower) for follower in honest]
        return _bounded(world, end(world, bound=10))


def slow(launch: Launch, kind: str, **env: str) -> Outcome:
    with (
        World(at_door(launch, kind), followers=3, follow=False, streams=PATIENT, env=env | REACHABLE) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        snail = world.followers[0]
        snail.urls, snail.patience = [proxy.ws_url + "/ws/"], 90
        for follower in world.followers:
            follower.begin()
        proxy.rate = 1_000
        world.write(300, pad=LARGE // 3)
        for writer in world.writers:
            writer.finish(within=60)
        await_condition(lambda: closed(world, 4201), within=60, about="the slow one is ended with 4201")
        proxy.rate = 0.0
        outcome = _bounded(world, end(world, bound=15))
        assert snail.connects > 1
        return outcome


def _come_back(world: World, one: Follower) -> Follower:
    """A deaf client that reads again, from where it was."""
    cursor = f"{world.epoch(one.user_id)}.0"
    return Follower(user_id=one.user_id, token=one.token, urls=one.urls, resume=cursor, seed=one.user_id + 500).begin()


def _bounded(world: World, outcome: Outcome) -> Outcome:
    grown = outcome.peak - world.memory.first
    if grown > GROWTH:
        raise Grown(f"{grown / 1024:.0f} MB more than at the beginning were held meanwhile")
    return outcome


@pytest.mark.parametrize("kind", KINDS)
def test_clients_that_never_read_change_nothing_for_others(launch: Launch, kind: str) -> None:
    keeps(f"never-readers, {kind} door", lambda launch, **env: never(launch, kind, **env), launch, CATCHES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_reads_a_kilobyte_a_second_has_everything_in_the_end(launch: Launch, kind: str) -> None:
    keeps(f"slow reader, {kind} door", lambda launch, **env: slow(launch, kind, **env), launch, CATCHES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_door_without_a_mark_is_caught(launch: Launch, kind: str) -> None:
    catches(CATCHES, lambda launch, **env: never(launch, kind, **env), launch)
