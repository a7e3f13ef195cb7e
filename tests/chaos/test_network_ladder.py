"""A proxy takes one door after the other away from the real client, and gives them back: down the ladder it goes, rung by rung,
and up again by itself, while people write. With the poll to fall back on, and without.
"""

import time

import pytest

from tests.chaos.form import Outcome, catches, end, keeps
from tests.support.lab.world import World
from tests.support.node_client import NodeFollower
from tests.support.processes import await_condition
from tests.support.product import Launch
from tests.support.proxy import Proxy

pytestmark = pytest.mark.timeout(240)
CATCHES = "replays_one_late"
DOORS = {
    "websocket": b"upgrade: websocket",
    "sse": b"accept: text/event-stream",
    "long_poll": b"wait=25",
    "poll": b"/api/events/",
}
FULL, SOCKETS_ONLY = "websocket,sse,long_poll,poll", "websocket,sse,long_poll"


def await_rung(client: NodeFollower, rung: str) -> None:
    await_condition(
        lambda: client.transport == rung, within=60, about=f"{client} is on {rung}, not {client.transport}", every=0.1
    )


def scenario(launch: Launch, transports: str, **env: str) -> Outcome:
    rungs = transports.split(",")
    with (
        World(launch, followers=2, node=1, follow=False, transports=transports, env=env) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        (client,) = world.clients
        client.base = proxy.url
        client.options = ("--poll-every", "1000", "--wake-every", "300")
        for one in world.everybody:
            one.begin()
        await_rung(client, rungs[0])
        world.write(3_000, pause=0.15)
        for below in range(1, len(rungs)):
            proxy.forbidden = tuple(DOORS[rung] for rung in rungs[:below])
            proxy.reset()
            await_rung(client, rungs[below])
            _written(world, 10)
        proxy.forbidden = tuple(DOORS.values())
        proxy.reset()
        time.sleep(0.5)
        before = client.seq
        _written(world, 20)
        assert client.seq == before, "every door is shut"
        for above in reversed(range(len(rungs))):
            proxy.forbidden = tuple(DOORS[rung] for rung in rungs[:above])
            await_rung(client, rungs[above])
            _written(world, 10)
        for writer in world.writers:
            writer.end()
        time.sleep(0.5)
        return end(world, bound=5)


def _written(world: World, count: int) -> None:
    world.await_done(world.done + count)


@pytest.mark.parametrize(("name", "transports"), [("with the poll", FULL), ("without the poll", SOCKETS_ONLY)])
def test_down_the_ladder_and_up_again_loses_nothing(launch: Launch, name: str, transports: str) -> None:
    keeps(f"ladder {name}", lambda launch, **env: scenario(launch, transports, **env), launch, CATCHES)


def test_a_mistake_in_replaying_is_caught(launch: Launch) -> None:
    catches(CATCHES, lambda launch, **env: scenario(launch, SOCKETS_ONLY, **env), launch)
