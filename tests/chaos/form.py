"""The form of every case here: a fault while people write and follow, then the verdict; and a mistake in the product that the
same fault brings to light. Followers have sockets only: there is no poll to fall back on.

A case is a module with one fault in it:

    def scenario(launch, **env) -> Outcome      the fault
    CATCHES = "name of a mistake"               see tests.support.lab.mutants

What came out is kept as a row of the table, see tests.chaos.results.
"""

import os
import random
import re
import statistics
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import httpx
import pytest

from tests.chaos import results
from tests.support.lab.world import Client, World
from tests.support.processes import TimedOut, await_condition
from tests.support.product import Launch, Server
from tests.support.profiles import chosen_profile
from tests.support.proxy import Proxy
from tests.support.verdict import Verdict, Violated
from tests.support.writers import Writer

PROCESSES = 2 if chosen_profile() == "scaled" else 1
"""Servers of a case that is the same on both profiles."""
DOORS = {"websocket": "", "sse": " over SSE", "long_poll": " over long poll"}
"""The doors at which the real client is judged for itself, and how a fault is named then."""
FROZEN = (5.0, 30.0, 120.0) if results.long() else (5.0,)
"""Seconds that something stands still."""
GROWTH = 48 * 1024
"""Kilobytes by which a server may have grown: what it imports late, and what its allocator keeps."""


class TooLong(AssertionError):
    """A bound of the design was not kept."""


class Grown(AssertionError):
    """Memory has not returned."""


@dataclass
class Outcome:
    """What a fault did."""

    verdict: Verdict
    healed: float
    """Seconds from the last write to the last client that has everything."""
    blackout: float
    """The longest time without an entry that any client had, the fault itself and pauses of the writers in it."""
    memory: int
    """Kilobytes that all servers held in the end."""
    peak: int = 0
    """The most they held meanwhile."""
    seed: int | None = None
    """By which chance repeats itself, where chance was at work."""
    latest: float | None = None
    """Seconds from the answer to a write until the last client that was to have it did, at its worst."""


Scenario = Callable[..., Outcome]


def end(
    world: World,
    *,
    bound: float,
    writing: float = 90,
    since: float | None = None,
    resets: bool = False,
    late: float | None = None,
    reachable: float = 0.0,
    but: Collection[Client] = (),
) -> Outcome:
    """Let the writers finish and everybody catch up, within `bound` seconds; judge.

    A real client may stay away for half a minute between two connections, and is given that much more. Nothing may have come
    later than `late` seconds after its writer was told that it is done, to whomever but those in `but`, who stood still; where
    all of them did, after they were `reachable` again.
    """
    healed = world.settle(writing=writing, healing=max(bound, 1) + 10)
    now = time.monotonic()
    if healed > bound:
        raise TooLong(f"healed after {healed:.1f} s, not within {bound} s")
    if world.clients:
        healed = world.settle_clients(healing=bound)
        now = time.monotonic()
    blackout = max(one.worst_silence(since or world.began, now) for one in world.everybody)
    held = world.memory.look()
    grown = held - world.memory.first
    if grown > GROWTH * len(world.servers):
        raise Grown(f"{grown / 1024:.0f} MB more than at the beginning are held by {len(world.servers)} servers")
    waited = latest(world, reachable=reachable, but=but)
    if late is not None and waited > late:
        raise TooLong(
            f"an entry was applied {waited:.1f} s after its writer was told that it is done, not within {late} s"
        )
    return Outcome(world.verdict(resets=resets), healed, blackout, held, world.memory.peak, latest=waited)


def latest(world: World, *, reachable: float = 0.0, but: Collection[Client] = ()) -> float:
    """Seconds from a writer's answer to the handler's call, at their worst. What a snapshot brought was no call."""
    answered = {deed.key: deed.answered for one in world.writers for deed in one.deeds if deed.answered is not None}
    return max(
        (
            entry.at - max(answered[entry.key], reachable)
            for client in world.everybody
            if client not in but
            for entry in client.applied
            if entry.key in answered
        ),
        default=0.0,
    )


def seed() -> int:
    """By what chance repeats itself: CHAOS_SEED, or another in each run."""
    return _seed


_seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(1, 100_000))


def impatient(world: World, *, than: float) -> float:
    """Have everybody take a silence for a loss that is a little shorter; seconds."""
    patience = min(6.0, than - 1)
    for follower in world.followers:
        follower.patience = patience
    return patience


def follow_through(world: World, proxy: Proxy, *, patience: float = 6) -> None:
    """Let everybody follow by way of a proxy."""
    for follower in world.followers:
        follower.urls = [proxy.ws_url + "/ws/"]
        follower.patience = patience
    for client in world.clients:
        client.base = proxy.url
    for one in world.everybody:
        one.begin()


def connections(world: World) -> int:
    """Sockets that the servers believe to be open."""
    found = 0.0
    for server in world.servers:
        told = httpx.get(server.url + "/metrics", timeout=10).text
        found += sum(float(count) for count in re.findall(r"^streams_connections{.*} (\S+)$", told, re.MULTILINE))
    return int(found)


def time_to_arrive(world: World, server: Server | None = None) -> float:
    """Seconds from the answer to a write until everybody it is for has it, written beside the world's writers."""
    writer = Writer(
        len(world.writers) + 1,
        servers=[(server or world.servers[-1]).url],
        audience=world.audience,
        count=1,
        seed=world.seed,
    )
    world.writers.append(writer.begin())
    writer.finish(within=30)
    done = time.monotonic()
    (deed,) = writer.deeds
    audience = [follower for follower in world.followers if follower.user_id in deed.to]

    def arrived() -> bool:
        return all(any(one.key == deed.key for one in reversed(follower.applied)) for follower in audience)

    await_condition(arrived, within=20, about=f"{deed.key} has reached everybody")
    return time.monotonic() - done


def sockets_stayed(world: World) -> None:
    """Nobody had to connect a second time.

    Raises:
        TooLong: somebody had to.
    """
    if any(follower.connects != 1 for follower in world.followers):
        raise TooLong(f"sockets ended: {[follower.codes for follower in world.followers]}")


def slow_writes(world: World, *, over: float) -> list[float]:
    """How long each write took that took longer."""
    return [deed.seconds for writer in world.writers for deed in writer.deeds if deed.seconds > over]


def typical_write(world: World, *, since: float) -> float:
    """Seconds that half of the requests begun since then did not need."""
    return statistics.median(deed.seconds for one in world.writers for deed in one.deeds if deed.began >= since)


def keeps(name: str, scenario: Scenario, launch: Launch, catches: str) -> None:
    """The promise holds; the outcome goes to the table, also when it does not."""
    try:
        outcome = scenario(launch)
    except AssertionError as failed:
        results.failed(name, failed)
        raise
    results.kept(name, outcome, catches)
    outcome.verdict.assert_clean()


def catches(mistake: str, scenario: Scenario, launch: Launch) -> None:
    """The same fault brings the mistake to light. CHAOS=short leaves this out."""
    if results.form() == "short":
        pytest.skip(results.SHORT)
    with pytest.raises((Violated, TimedOut, TooLong, Grown)):
        scenario(launch, LAB_MUTANT=mistake).verdict.assert_clean()
    results.caught(mistake)
