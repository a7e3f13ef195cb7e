"""A real network that loses packets: a namespace whose only way out is a TUN device, and a router of our own behind it.

Every packet passes through this process, which drops it, holds it back or lets it through, by dice with a seed. What TCP makes of
that (retransmissions, timeouts, windows) is the kernel's own, unlike behind a proxy, which can only be late.

    with LossyNetwork(seed=1) as network:
        network.loss = 0.2
        follower = FarFollower(namespace=network.namespace, urls=[f"ws://{network.here}:{port}/ws/"], …)

Root's, on Linux. Where it cannot be made, `CannotBeMade` says why.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.follower import Follower

NEW_NETWORK = 0x40000000
SET_INTERFACE = 0x400454CA
TUN, NO_HEADER = 0x0001, 0x1000
PACKET = 2_048
QUEUE = 40
"""Packets that wait for a slow link; the next is dropped, as by any router."""


class CannotBeMade(Exception):
    """No namespace, no TUN device, or no right to make them."""


def ip(*words: str, inside: str = "") -> None:
    """Run `ip`, in a namespace if one is named.

    Raises:
        CannotBeMade: it failed.
    """
    command = ["ip", *(["netns", "exec", inside, "ip"] if inside else []), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotBeMade("there is no `ip`") from None
    if done.returncode:
        raise CannotBeMade(f"{' '.join(command)}: {done.stderr.strip()}")


def enter(namespace: str) -> None:
    """Bring this thread into a namespace: the sockets it makes from now on are there."""
    with open(f"/run/netns/{namespace}") as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), NEW_NETWORK):
            raise CannotBeMade(os.strerror(ctypes.get_errno()))


class FarFollower(Follower):
    """Follows from inside a namespace."""

    def __init__(self, *, namespace: str, **options: Any) -> None:
        super().__init__(**options)
        self.namespace = namespace

    def _follow(self) -> None:
        enter(self.namespace)
        super()._follow()


@dataclass
class Way:
    """One direction."""

    source: int
    target: int
    queue: list[tuple[float, int, bytes]] = field(default_factory=list)
    free_at: float = 0.0
    carried: int = 0
    dropped: int = 0


class LossyNetwork:
    """Here, a router, and a namespace behind it. Its faults are attributes; they count from the moment they are set."""

    def __init__(self, *, seed: int) -> None:
        self.loss = 0.0
        """Which part of all packets is dropped, each way."""
        self.delay = 0.0
        """Seconds that each packet is late, each way."""
        self.rate = 0.0
        """Bytes a second, each way; 0 for no limit."""
        place = os.getpid() % 200 + 20
        self.here, self.there = f"10.204.{place}.1", f"10.204.{place}.2"
        self.namespace = f"num-far-{os.getpid()}"
        self._dice = random.Random(seed)
        self._count = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True, name="lossy network")
        self._devices: list[int] = []
        self.ways: list[Way] = []

    def __enter__(self) -> Self:
        try:
            self._make()
        except (OSError, CannotBeMade) as problem:
            self.close()
            raise CannotBeMade(str(problem)) from problem
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(5)
        self.close()

    def close(self) -> None:
        """Take everything away; the devices end with their descriptors."""
        for device in self._devices:
            os.close(device)
        self._devices.clear()
        subprocess.run(["ip", "netns", "delete", self.namespace], capture_output=True, check=False)

    @property
    def lost(self) -> float:
        """Which part of all packets was in fact dropped."""
        dropped = sum(way.dropped for way in self.ways)
        return dropped / max(1, dropped + sum(way.carried for way in self.ways))

    def _make(self) -> None:
        ip("netns", "add", self.namespace)
        near, far = f"tn{os.getpid() % 1_000_000}", f"tf{os.getpid() % 1_000_000}"
        for name in (near, far):
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            self._devices.append(device)
            fcntl.ioctl(device, SET_INTERFACE, struct.pack("16sH22s", name.encode(), TUN | NO_HEADER, b""))
        ip("link", "set", far, "netns", self.namespace)
        for name, own, peer, inside in (
            (near, self.here, self.there, ""),
            (far, self.there, self.here, self.namespace),
        ):
            ip("addr", "add", own, "peer", peer, "dev", name, inside=inside)
            ip("link", "set", name, "up", inside=inside)
        one, other = self._devices
        self.ways = [Way(one, other), Way(other, one)]

    # The router.

    def _carry(self) -> None:
        by_source = {way.source: way for way in self.ways}
        while not self._ending.is_set():
            readable, _, _ = select.select(list(by_source), [], [], self._patience())
            for source in readable:
                self._take(by_source[source])
            for way in self.ways:
                self._give(way)

    def _patience(self) -> float:
        """Seconds until the next packet is due."""
        due = [way.queue[0][0] for way in self.ways if way.queue]
        return min(0.1, max(0.0, min(due) - time.monotonic())) if due else 0.1

    def _take(self, way: Way) -> None:
        packet = os.read(way.source, PACKET)
        if self._dice.random() < self.loss or (self.rate and len(way.queue) >= QUEUE):
            way.dropped += 1
            return
        now = time.monotonic()
        if self.rate:
            way.free_at = max(now, way.free_at) + len(packet) / self.rate
        self._count += 1
        heapq.heappush(way.queue, (max(now, way.free_at) + self.delay, self._count, packet))

    def _give(self, way: Way) -> None:
        now = time.monotonic()
        while way.queue and way.queue[0][0] <= now:
            _, _, packet = heapq.heappop(way.queue)
            os.write(way.target, packet)
            way.carried += 1
