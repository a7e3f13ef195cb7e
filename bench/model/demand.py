"""The formula: from a number of users to what they ask of each part, and how many of each part that takes.

Everything is linear in the users but two things. Each gateway hears every hint of its shard, so gateways and hints multiply;
and Redis sends each message once for each gateway that listens. Sharding by user divides both.
"""

from __future__ import annotations

import dataclasses
import math
import random

from model.inputs import CHANNELS, CHUNK, CONNECTIONS, HEARTBEAT, SOCKETS_A_PROCESS, Assumed, Inputs

SIZES = {"10 thousand": 10_000, "1 million": 1_000_000, "100 million": 100_000_000}
HEARD_AT_MOST = 0.1
"""The share of a gateway's core that hearing other people's hints may take before the users are split."""


@dataclasses.dataclass(frozen=True)
class Demand:
    """What so many users ask for in a second of the busiest hour. CPU is in cores."""

    users: float
    connected: float
    sockets: float
    requests: float
    unicasts: float
    posts: float
    rows: float
    messages: float
    """on the bus"""
    deliveries: float
    connects: float
    commits: float
    gateway_cpu: float
    """without the hints that are heard in vain"""
    idle_share: float
    """of the gateways' CPU, for sockets on which nothing happens"""
    web_cpu: float
    worker_cpu: float
    worker_busy: float
    """workers that are occupied, waiting for the database included"""
    database_cpu: float
    gateway_bytes: float
    network_bytes: float
    """out of all gateways, each second"""
    stored_bytes: float


@dataclasses.dataclass(frozen=True)
class Plan:
    """How many of each part, filled as far as the plan allows."""

    shards: int
    """of the bus, each with its own gateways and its own Redis"""
    gateways: int
    redis: int
    primaries: int
    workers: int
    web: int
    cores: int
    machines: int
    heard: float
    """of a gateway's core, for hints that concern nobody on it"""
    connections: float
    """that a primary of PostgreSQL must take when every process uses its whole pool"""


def friends(chance: random.Random, assumed: Assumed) -> int:
    """How many friends somebody has."""
    drawn = chance.lognormvariate(math.log(assumed.friends_median), assumed.friends_sigma)
    return min(assumed.friends_most, max(1, round(drawn)))


def mean_friends(assumed: Assumed) -> float:
    chance = random.Random(1)
    return sum(friends(chance, assumed) for _ in range(50_000)) / 50_000


def channels_for(people: float) -> float:
    """On how many of the bus' channels a hint for so many people is published."""
    return CHANNELS * (1 - math.pow(1 - 1 / CHANNELS, people))


def demand(users: float, inputs: Inputs, assumed: Assumed) -> Demand:
    """What so many users ask for."""
    average = mean_friends(assumed)
    connected = users * assumed.connected
    sockets = connected * assumed.devices
    unicasts = connected * assumed.unicast_per_hour / 3600
    posts = connected * assumed.posts_per_hour / 3600
    rows = posts * average
    requests = connected * assumed.requests_per_hour / 3600
    connects = sockets * assumed.connects_per_hour / 3600
    direct = unicasts * assumed.reachable * assumed.devices
    spread = rows * assumed.connected * assumed.devices
    idle = sockets * inputs.idle_cpu.value / 3600
    busy = direct * inputs.unicast_us.value + spread * inputs.fan_out_us.value + connects * inputs.connect_us.value
    gateway_cpu = idle + busy / 1e6
    record = unicasts + posts
    chunks = posts * max(1.0, average / CHUNK)
    entries = (unicasts + rows) / assumed.peak_over_mean
    return Demand(
        users=users,
        connected=connected,
        sockets=sockets,
        requests=requests,
        unicasts=unicasts,
        posts=posts,
        rows=rows,
        messages=unicasts + posts * channels_for(average),
        deliveries=direct + spread,
        connects=connects,
        commits=record + chunks,
        gateway_cpu=gateway_cpu,
        idle_share=idle / gateway_cpu,
        web_cpu=(requests * inputs.request_ms.value + record * inputs.record_ms.value * (1 - assumed.database_share))
        / 1e3,
        worker_cpu=rows / inputs.rows.value * (1 - assumed.database_share),
        worker_busy=rows / inputs.rows.value + chunks * inputs.record_ms.value / 1e3,
        database_cpu=record * inputs.record_ms.value / 1e3 * assumed.database_share
        + rows / inputs.rows.value * assumed.database_share
        + connects * assumed.database_connect_us / 1e6,
        gateway_bytes=sockets * (inputs.idle_bytes.value + assumed.kernel_bytes),
        network_bytes=(direct + spread) * (assumed.event_bytes + assumed.packet_bytes)
        + sockets / HEARTBEAT * (assumed.ping_bytes + assumed.packet_bytes),
        stored_bytes=entries * 86_400 * assumed.kept_days * assumed.entry_bytes,
    )


def back_us(inputs: Inputs, assumed: Assumed) -> float:
    """Gateway CPU µs of a client that comes back after a restart."""
    return inputs.connect_us.value + assumed.missed * inputs.replay_us.value


def plan(asked: Demand, inputs: Inputs, assumed: Assumed, *, primary_cores: int) -> Plan:
    """How many of each part that takes; the bus is split until neither Redis nor hearing is what is short."""
    shards = 1
    while True:
        messages = asked.messages / shards
        heard = messages * inputs.heard_us.value / 1e6
        by_cpu = asked.gateway_cpu / shards / max(0.01, assumed.full - heard)
        by_sockets = asked.sockets / shards / (SOCKETS_A_PROCESS * assumed.full)
        by_storm = asked.sockets / shards * back_us(inputs, assumed) / 1e6 / assumed.back_in
        gateways = max(1, math.ceil(max(by_cpu, by_sockets, by_storm)))
        redis = messages * (1 + gateways) * assumed.redis_us / 1e6
        if heard <= HEARD_AT_MOST and redis <= assumed.full:
            break
        shards += max(1, shards // 8)
    primaries = max(
        1,
        math.ceil(asked.database_cpu / (primary_cores * assumed.full)),
        math.ceil(asked.commits / (inputs.commits.value * assumed.full)),
    )
    workers = max(1, math.ceil(asked.worker_busy / assumed.full))
    web = max(1, math.ceil(asked.web_cpu / assumed.full))
    used = asked.web_cpu + asked.gateway_cpu + asked.worker_cpu + asked.database_cpu
    used += shards * (gateways * heard + redis)
    return Plan(
        shards=shards,
        gateways=gateways * shards,
        redis=shards,
        primaries=primaries,
        workers=workers,
        web=web,
        cores=math.ceil(used / assumed.full),
        machines=math.ceil(used / assumed.full / inputs.machine["cores"]),
        heard=heard,
        connections=(web + gateways * shards + workers) * assumed.pool / primaries,
    )


def one_of_each(inputs: Inputs, assumed: Assumed) -> list[tuple[str, float, str]]:
    """How many users one of each part holds: (part, users, what runs out first in words), the smallest first."""
    one = demand(1_000_000, inputs, assumed)

    def users(used: float, capacity: float) -> float:
        return 1_000_000 * capacity * assumed.full / used

    descriptors = inputs.machine["descriptors"]
    memory = inputs.machine["memory_gib"] * 2**30
    day = one.stored_bytes / assumed.kept_days
    pools = plan(one, inputs, assumed, primary_cores=1_000).connections
    return sorted(
        [
            ("web, one core", users(one.web_cpu, 1), "CPU of HTTP requests"),
            ("gateway, one core", users(one.gateway_cpu, 1), "CPU, most of it for idle sockets"),
            ("gateway, this machine's limit of open files", users(one.sockets, descriptors), "open files; ulimit -n"),
            (
                f"gateway, all back in {assumed.back_in:g} s",
                1_000_000 * assumed.back_in * 1e6 / back_us(inputs, assumed) / one.sockets,
                "CPU of signing everybody in again after a restart",
            ),
            ("worker, one process", users(one.worker_busy, 1), "telling friends of posts"),
            ("PostgreSQL, one core", users(one.database_cpu, 1), "CPU of statements"),
            ("PostgreSQL, this machine's commits", users(one.commits, inputs.commits.value), "fsync"),
            (
                "PostgreSQL with its usual limit of connections",
                1_000_000 * CONNECTIONS / pools,
                f"{CONNECTIONS} connections, {assumed.pool:g} a process; max_connections, DATABASE_POOL_MAX",
            ),
            ("this machine's memory, all for sockets", users(one.gateway_bytes, memory), "memory"),
            ("Redis, one core, ten gateways", users(one.messages * 11 * assumed.redis_us / 1e6, 1), "messages out"),
            (
                "one bus, however many gateways",
                users(one.messages * inputs.heard_us.value / 1e6, HEARD_AT_MOST / assumed.full),
                "each gateway hears every hint",
            ),
            ("a terabyte of entries", 1_000_000 * 1e12 / one.stored_bytes, f"{day / 1e9:.1f} GB a day a million users"),
        ],
        key=lambda part: part[1],
    )


def this_machine(inputs: Inputs, assumed: Assumed) -> tuple[float, str, list[tuple[str, float]]]:
    """How many users everything on this one machine holds, what stops the next one, and which parts use its cores."""
    one = demand(1_000_000, inputs, assumed)
    redis = one.messages * 2 * assumed.redis_us / 1e6
    heard = one.messages * inputs.heard_us.value / 1e6
    parts = [
        ("web", one.web_cpu),
        ("gateway", one.gateway_cpu + heard),
        ("worker", one.worker_cpu),
        ("PostgreSQL", one.database_cpu),
        ("Redis", redis),
    ]
    total = sum(cpu for _, cpu in parts)
    by_cpu = inputs.machine["cores"] * assumed.full / total
    by_files = inputs.machine["descriptors"] * assumed.full / one.sockets
    users, why = min((by_cpu, "CPU"), (by_files, "the limit of open files of its one gateway process"))
    return 1_000_000 * users, why, [(name, cpu / total) for name, cpu in parts]
