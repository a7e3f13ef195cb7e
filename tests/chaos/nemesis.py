"""Faults one after the other and on top of each other, by a seed.

Each fault of a stage is drawn once, in an order, at moments and for lengths that the seed decides; two that strike the same
thing wait for each other, all others may overlap. `CHAOS_SEED=…` has everything happen again in the same order.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import psycopg
import redis as client

from tests.support.databases import server_url
from tests.support.lab.world import World
from tests.support.postgres import PostgresServer
from tests.support.product import Server
from tests.support.proxy import Proxy
from tests.support.redis import RedisServer
from tests.support.standstill import standing_still

APART = (0.3, 2.5)
"""Seconds from one fault's beginning to the next one's."""
LASTS = (0.5, 4.0)


class Fault(NamedTuple):
    """What happens, to what, and how: it is on inside the block."""

    name: str
    strikes: str
    on: Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Strike:
    """One fault of a schedule. Times are seconds from its beginning."""

    fault: Fault
    begins: float
    ends: float

    def __str__(self) -> str:
        return f"{self.begins:5.1f} to {self.ends:5.1f} s  {self.fault.name}"


def schedule(faults: Sequence[Fault], dice: random.Random) -> list[Strike]:
    """Each fault once, in the order of their beginnings."""
    free: dict[str, float] = {}
    now, strikes = 0.0, []
    for fault in dice.sample(faults, len(faults)):
        now += dice.uniform(*APART)
        begins = max(now, free.get(fault.strikes, 0.0))
        ends = begins + dice.uniform(*LASTS)
        free[fault.strikes] = ends + 0.5
        strikes.append(Strike(fault, begins, ends))
    return sorted(strikes, key=lambda one: one.begins)


def unleash(strikes: Sequence[Strike]) -> None:
    """Let it happen; whatever comes of it, every fault is over in the end."""
    began = time.monotonic()
    moments = [(one.begins, True, one) for one in strikes] + [(one.ends, False, one) for one in strikes]
    running = {strike: ExitStack() for strike in strikes}
    with ExitStack() as over:
        for fault in running.values():
            over.callback(fault.close)
        for at, begins, strike in sorted(moments, key=lambda moment: moment[:2]):
            time.sleep(max(0.0, began + at - time.monotonic()))
            if begins:
                running[strike].enter_context(strike.fault.on())
            else:
                running[strike].close()


# What can happen.


def to_servers(servers: Sequence[Server], proxies: Sequence[Proxy]) -> list[Fault]:
    """To processes, and to the network before them."""
    found = []
    for number, (server, proxy) in enumerate(zip(servers, proxies, strict=True), 1):
        found += [
            Fault(f"server {number} killed", f"server {number}", partial(killed, server)),
            Fault(f"server {number} frozen", f"server {number}", partial(frozen, server)),
            Fault(f"network of server {number} silent", f"network {number}", partial(silent, proxy)),
            Fault(f"network of server {number} reset", f"network {number}", partial(cut, proxy)),
        ]
    return found


def to_redis(server: RedisServer, proxy: Proxy) -> list[Fault]:
    return [
        Fault("Redis killed, back empty", "Redis", partial(redis_killed, server)),
        Fault("Redis frozen", "Redis", partial(redis_frozen, server)),
        Fault("Redis slow", "Redis", partial(slow, proxy)),
        Fault("Redis out of memory", "Redis", partial(configured, server, "maxmemory", "1", "0")),
        Fault("Redis password changed", "Redis", partial(configured, server, "requirepass", "another", "")),
    ]


def to_postgres(server: PostgresServer, world: World) -> list[Fault]:
    database = world.product.database
    return [
        Fault("database away", "database", partial(postgres_away, server)),
        Fault("database frozen", "database", partial(postgres_frozen, server)),
        Fault("database sessions ended", "database", partial(sessions_ended, database)),
        Fault("head locked", "database", partial(head_locked, database, world.audience[0])),
    ]


def to_sqlite(world: World) -> list[Fault]:
    return [Fault("SQLite locked", "database", partial(sqlite_locked, world))]


@contextmanager
def killed(server: Server) -> Iterator[None]:
    server.kill()
    yield
    server.start(within=60)


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def silent(proxy: Proxy) -> Iterator[None]:
    """Bytes vanish; then the path is there again, for new connections only."""
    proxy.swallow = True
    yield
    proxy.swallow = False
    proxy.reset()


@contextmanager
def cut(proxy: Proxy) -> Iterator[None]:
    """At its beginning and at its end."""
    proxy.reset()
    yield
    proxy.reset()


@contextmanager
def slow(proxy: Proxy) -> Iterator[None]:
    proxy.delay = 0.2
    yield
    proxy.delay = 0.0


@contextmanager
def redis_killed(server: RedisServer) -> Iterator[None]:
    server.kill()
    yield
    server.start()


@contextmanager
def redis_frozen(server: RedisServer) -> Iterator[None]:
    assert server.process is not None
    server.process.freeze()
    try:
        yield
    finally:
        server.process.thaw()


@contextmanager
def configured(server: RedisServer, name: str, value: str, before: str) -> Iterator[None]:
    """With one setting of Redis changed and everybody thrown out, as by an operator who wants it to hold at once."""
    with client.Redis.from_url(server.url) as control:
        control.config_set(name, value)
        control.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        control.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        yield
        control.config_set(name, before)


@contextmanager
def postgres_away(server: PostgresServer) -> Iterator[None]:
    server.stop()
    yield
    server.start()


@contextmanager
def postgres_frozen(server: PostgresServer) -> Iterator[None]:
    assert server.process is not None
    with standing_still(server.process.leash.pid):
        yield


@contextmanager
def sessions_ended(database: str) -> Iterator[None]:
    """At its beginning and at its end."""
    statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(server_url("postgres"), autocommit=True) as control:
        control.execute(statement, [database])
        yield
        control.execute(statement, [database])


@contextmanager
def head_locked(database: str, user_id: int) -> Iterator[None]:
    with psycopg.connect(server_url(database)) as holder:
        holder.execute("SELECT head FROM streams_stream WHERE user_id = %s FOR UPDATE", [user_id])
        yield
        holder.rollback()


@contextmanager
def sqlite_locked(world: World) -> Iterator[None]:
    holder = sqlite3.connect(world.folder / "numeneon.sqlite3", timeout=20, isolation_level=None)
    with suppress(sqlite3.OperationalError):  # a frozen server may hold it already, which is as good
        holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.close()
