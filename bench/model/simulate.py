"""What queues: posts for the workers, hints for a gateway, and everybody at once after a restart.

Discrete events from a fixed seed, so that the same inputs give the same page. Costs are drawn from the repetitions that
were measured; a slow repetition is a slow minute of the machine, and such minutes happen to servers too.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from model.demand import Demand, Plan, channels_for, friends
from model.inputs import CHUNK, GATE, GATE_AT_ONCE, Assumed, Inputs

SEED = 20_26
MOST_CLIENTS = 30_000
"""Clients that are simulated one by one; more are a slice of so many with its share of the servers."""
POSTS = 20_000
HELLO_TIMEOUT = 10.0
RETRY_FIRST, RETRY_LONGEST = 0.5, 30.0
IDLE_LOOK = 0.25
"""Seconds between a worker's looks at an empty table of jobs."""
HEARTBEAT = 25
SLICE = 0.005
"""Seconds that a thread keeps the interpreter for itself (`sys.getswitchinterval`)."""


class Spread(NamedTuple):
    """Quantiles of a simulated time, in seconds, and the curve they are from."""

    p50: float
    p99: float
    most: float
    curve: list[tuple[float, float]]
    """(seconds, share of all that is done by then)"""


def spread(times: Sequence[float]) -> Spread:
    """Quantiles and a curve of a hundred points."""
    ordered = sorted(times)
    last = len(ordered) - 1
    marks = [(ordered[round(last * at / 100)], at / 100) for at in range(101)]
    return Spread(ordered[last // 2], ordered[round(last * 0.99)], ordered[-1], marks)


def posts(asked: Demand, planned: Plan, inputs: Inputs, assumed: Assumed) -> Spread:
    """From a post's commit until its last friend has it: the queue of jobs, and the worker's chunks."""
    chance = random.Random(SEED)
    free = [0.0] * planned.workers
    heapq.heapify(free)
    now, took = 0.0, []
    for _ in range(POSTS):
        now += chance.expovariate(asked.posts)
        people = friends(chance, assumed)
        ready = heapq.heappop(free)
        # A worker that has nothing to do looks every quarter of a second; the first of those that are free finds the job.
        idle = 1 + sum(1 for other in free if other <= now) if planned.workers <= 64 else planned.workers // 3
        start = ready if ready > now else now + IDLE_LOOK * (1 - chance.random() ** (1 / max(1, idle)))
        chunks = math.ceil(people / CHUNK)
        seconds = people / chance.choice(inputs.rows.samples) + chunks * inputs.record_ms.value / 1e3
        heapq.heappush(free, start + seconds)
        took.append(start + seconds - now)
    return spread(took)


def hints(asked: Demand, planned: Plan, inputs: Inputs, assumed: Assumed) -> Spread:
    """From a hint's arrival at a gateway that has somebody for it to the last frame of it, behind all else that it does."""
    chance = random.Random(SEED + 1)
    each = planned.gateways / planned.shards
    here = 1 / each
    unicasts, chunks = asked.unicasts / planned.shards, asked.posts / planned.shards
    sockets = asked.sockets / planned.gateways
    beat = sockets / HEARTBEAT * inputs.fan_out_us.value / 1e6
    # The rest of what idle sockets cost is pongs and threads that read heads: slices between which the loop gets its turn.
    rest = max(0.0, sockets * inputs.idle_cpu.value / 3600 - beat)
    slices = rest / SLICE
    rate, length = unicasts + chunks + slices, 0.0
    waits: list[float] = []
    busy_until, now, next_beat = 0.0, 0.0, 0.0
    # Enough hints for a thousandth to be seen, and enough seconds for many turns of the wheel.
    while len(waits) < 20_000 and length < 600:
        step = chance.expovariate(rate)
        now += step
        length += step
        while next_beat <= now:
            busy_until = max(busy_until, next_beat) + beat
            next_beat += 1.0
        heard = inputs.heard_us.value / 1e6
        kind = chance.random() * rate
        if kind < slices:
            busy_until = max(now, busy_until) + SLICE
            continue
        if kind < slices + chunks:
            people = friends(chance, assumed)
            local = people * assumed.connected * assumed.devices * here
            cost = (
                channels_for(people) * heard + _poisson(chance, local) * chance.choice(inputs.fan_out_us.samples) / 1e6
            )
        elif chance.random() < here * assumed.reachable:
            cost = chance.choice(inputs.unicast_us.samples) / 1e6
        else:
            busy_until = max(now, busy_until) + heard
            continue
        busy_until = max(now, busy_until) + cost
        waits.append(busy_until - now)
    return spread(waits)


def _poisson(chance: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


class Storm(NamedTuple):
    """Everybody comes back at once."""

    back: Spread
    """when a client has its welcome, from the moment all connections were lost"""
    refused: float
    """refusals a client met on average"""
    peak: float
    """handshakes a second at one gateway's gate at most"""
    share: float
    """of all clients that were simulated one by one"""


def storm(asked: Demand, planned: Plan, inputs: Inputs, assumed: Assumed, *, primary_cores: float) -> Storm:
    """All gateways restart: clients come back with full jitter, the gate lets in so many, the database positions them."""
    chance = random.Random(SEED + 2)
    share = min(1.0, MOST_CLIENTS / asked.sockets)
    clients = max(1, round(asked.sockets * share))
    gateways = max(1.0, planned.gateways * share)
    gate = GATE * gateways
    database = primary_cores * planned.primaries * share / (assumed.database_connect_us / 1e6)
    draw = _costs(inputs, assumed.missed)
    arrivals: list[tuple[float, int, int]] = [(RETRY_FIRST * chance.random(), number, 0) for number in range(clients)]
    heapq.heapify(arrivals)
    tokens, tokens_at = GATE_AT_ONCE * gate, 0.0
    cpu_free = database_free = 0.0
    done: list[float] = []
    refused, second, inside, peak = 0, 0, 0, 0
    while arrivals:
        now, number, attempt = heapq.heappop(arrivals)
        tokens = min(GATE_AT_ONCE * gate, tokens + (now - tokens_at) * (1 - GATE_AT_ONCE) * gate)
        tokens_at = now
        if int(now) != second:
            second, inside = int(now), 0
        cost = draw(chance) / 1e6
        start = max(now, cpu_free, database_free)
        if tokens < 1 or start - now > HELLO_TIMEOUT:
            refused += 1
            cap = min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(attempt + 1, 16))
            heapq.heappush(arrivals, (now + cap * chance.random(), number, attempt + 1))
            continue
        tokens -= 1
        inside += 1
        peak = max(peak, inside)
        cpu_free = max(now, cpu_free) + cost / gateways
        database_free = max(now, database_free) + 1 / database
        done.append(max(cpu_free, database_free))
    return Storm(spread(done), refused / clients, peak / gateways, share)


def _costs(inputs: Inputs, missed: float) -> Callable[[random.Random], float]:
    """CPU µs of one connect, drawn from what was measured, with what it missed."""

    def draw(chance: random.Random) -> float:
        return chance.choice(inputs.connect_us.samples) + missed * chance.choice(inputs.replay_us.samples)

    return draw
