"""Fifty kilobits a second and a hundred milliseconds each way, which is a train. The buffers fill; the table is the buffer."""

from tests.chaos.form import Outcome, catches, end, follow_through, keeps
from tests.support.lab.world import World
from tests.support.product import Launch
from tests.support.proxy import Proxy

CATCHES = "forgets_what_was_held_back"
RATE = 50_000 / 8


def scenario(launch: Launch, **env: str) -> Outcome:
    limits = {"WRITE_BUFFER": 16_384, "WRITE_STALL": 30, "PONG_TIMEOUT": 50, "HEARTBEAT": 60}
    with (
        World(launch, followers=2, follow=False, streams=limits, env=env) as world,
        Proxy(world.servers[0].port) as proxy,
    ):
        follow_through(world, proxy, patience=30)
        proxy.rate, proxy.delay = RATE, 0.1
        world.write(200, pad=8_000)
        for writer in world.writers:
            writer.finish(within=60)
        proxy.rate, proxy.delay = RATE * 40, 0.0
        return end(world, bound=15)


def test_a_slow_network_loses_nothing(launch: Launch) -> None:
    keeps("network 50 kbit/s", scenario, launch, CATCHES)


def test_a_mistake_in_waiting_for_the_buffer_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
