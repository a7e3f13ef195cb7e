"""A real network between client and server: two namespaces and a router that stops forwarding, so that nobody is told anything.

Packets are dropped by the kernel; TCP retransmits into nothing, on both sides.
"""

import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from tests.chaos.form import Outcome, catches, connections, end, keeps
from tests.support.follower import Follower
from tests.support.lab.world import World
from tests.support.processes import await_condition
from tests.support.product import Launch, Product

pytestmark = pytest.mark.usefixtures("only_root")
CATCHES = "never_notices_silence"
NEW_NETWORK = 0x40000000
HERE, ROUTER_HERE, ROUTER_THERE, THERE = "10.203.1.1", "10.203.1.2", "10.203.2.2", "10.203.2.1"
ROUTER, CLIENT = f"num-router-{os.getpid()}", f"num-client-{os.getpid()}"


def ip(*words: str, inside: str = "") -> None:
    command = ["ip", *(["netns", "exec", inside, "ip"] if inside else []), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no network of its own can be made here: {' '.join(command)}: {done.stderr.strip()}")


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
    finally:
        for name in (ROUTER, CLIENT):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


class FarFollower(Follower):
    """Follows from inside the client's namespace."""

    def _follow(self) -> None:
        with open(f"/run/netns/{CLIENT}") as there:
            assert ctypes.CDLL(None, use_errno=True).setns(there.fileno(), NEW_NETWORK) == 0
        super()._follow()


def scenario(launch: Launch, **env: str) -> Outcome:
    reachable = {"ALLOWED_HOSTS": f"127.0.0.1,{HERE}"}

    def listening_everywhere(**named: object) -> Product:
        product = launch(**(named | {"processes": 0}))  # type: ignore[arg-type]
        product.add_server(options=("--host", "0.0.0.0"))  # noqa: S104 (the far client must reach it)
        return product

    with World(listening_everywhere, followers=2, follow=False, env=reachable | env) as world:
        world.followers[:] = [
            FarFollower(
                user_id=one.user_id,
                token=one.token,
                urls=[f"ws://{HERE}:{world.servers[0].port}/ws/"],
                patience=60,
                seed=one.user_id,
            ).begin()
            for one in world.followers
        ]
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
