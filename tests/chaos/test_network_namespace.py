"""A real network between client and server: two namespaces and a router that stops forwarding, so that nobody is told anything.

Packets are dropped by the kernel; TCP retransmits into nothing, on both sides.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from tests.chaos.far import follow_from, reachable
from tests.chaos.form import Outcome, catches, connections, end, keeps
from tests.support.lab.world import World
from tests.support.lossy_network import CannotBeMade, ip
from tests.support.processes import await_condition
from tests.support.product import Launch

pytestmark = pytest.mark.usefixtures("only_root")
CATCHES = "never_notices_silence"
HERE, ROUTER_HERE, ROUTER_THERE, THERE = "10.203.1.1", "10.203.1.2", "10.203.2.2", "10.203.2.1"
ROUTER, CLIENT = f"num-router-{os.getpid()}", f"num-client-{os.getpid()}"


def forward(on: bool) -> None:
    """Let the router forward, or drop everything."""
    command = f"echo {int(on)} > /proc/sys/net/ipv4/ip_forward"
    subprocess.run(["ip", "netns", "exec", ROUTER, "sh", "-c", command], check=True)


@pytest.fixture(autouse=True)
def network() -> Iterator[None]:
    """here — router — client."""
    a, b = f"na{os.getpid() % 100_000}", f"nb{os.getpid() % 100_000}"
    try:
        ip("netns", "add", ROUTER)
        ip("netns", "add", CLIENT)
        ip("link", "add", a, "type", "veth", "peer", "name", "eth0", "netns", ROUTER)
        ip("link", "add", b, "netns", ROUTER, "type", "veth", "peer", "name", "eth0", "netns", CLIENT)
        ip("addr", "add", f"{HERE}/24", "dev", a)
        ip("link", "set", a, "up")
        ip("route", "add", "10.203.2.0/24", "via", ROUTER_HERE)
        for where, address, device in (
            (ROUTER, ROUTER_HERE, "eth0"),
            (ROUTER, ROUTER_THERE, b),
            (CLIENT, THERE, "eth0"),
        ):
            ip("addr", "add", f"{address}/24", "dev", device, inside=where)
            ip("link", "set", device, "up", inside=where)
        ip("route", "add", "default", "via", ROUTER_THERE, inside=CLIENT)
        forward(True)
        yield
    except CannotBeMade as problem:
        pytest.skip(f"no network of its own can be made here: {problem}")
    finally:
        for name in (ROUTER, CLIENT):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def scenario(launch: Launch, **env: str) -> Outcome:
    launch_here, listening = reachable(launch, HERE)
    with World(launch_here, followers=2, node=1, follow=False, env=listening | env) as world:
        follow_from(CLIENT, world, HERE)
        world.write(150, pause=0.02)
        world.await_done(30)
        forward(False)
        await_condition(lambda: not connections(world), within=10, about="the server notices the silence")
        for follower in world.followers:
            threading.Thread(target=follower.cut).start()
        time.sleep(1)
        forward(True)
        return end(world, bound=12)


def test_a_network_that_drops_everything_loses_nothing(launch: Launch) -> None:
    keeps("namespace, packets dropped", scenario, launch, CATCHES)


def test_a_mistake_is_caught(launch: Launch) -> None:
    catches(CATCHES, scenario, launch)
