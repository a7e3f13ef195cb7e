"""Mistakes that only a fault brings to light: in resuming, in trying again, in noticing. Chosen like those of `.mutants`."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from streams import protocol
from streams.bus.redis import RedisBus
from streams.bus.redis_listener import RedisListener
from streams.cursor import Cursor
from streams.delivery import Delivery, Do, Input
from streams.gateway import poll, rounds
from streams.gateway.attendance import Attendance
from streams.gateway.connection import Connection
from streams.gateway.hub import Hub
from streams.read import Page, Position


def resumes_one_late() -> None:
    """Who comes back with a cursor is given what follows the entry after it."""
    original = Delivery.located

    def located(self: Delivery, *, head: int, resume: Cursor | None, **named: Any) -> Do:
        return original(self, head=head, resume=resume and _one_on(resume, head), **named)

    Delivery.located = located  # type: ignore[method-assign]


def says_that_was_all() -> None:
    """Who comes back is told that there was nothing, and goes on at the head. A client that is told where the head is would
    ask for what is missing; this one cannot know.
    """
    located, obey = Connection.located, Connection._do
    asked: dict[Connection, Cursor] = {}

    def jump(self: Connection, position: Position) -> None:
        if self.resume is not None and self.resume.seq < position.head:
            asked[self] = self.resume
            self.resume = Cursor(position.epoch, position.head)
        located(self, position)

    def say(self: Connection, do: Do) -> None:
        if do is Do.CATCH_UP and self in asked:
            self.write_control(protocol.caught_up(asked.pop(self)))
        else:
            obey(self, do)

    Connection.located = jump  # type: ignore[method-assign]
    Connection._do = say  # type: ignore[method-assign]


def replays_one_late() -> None:
    """Every replay, whoever asks for it and at whichever door, begins one entry too far: what no client can repair."""
    resumes_one_late()
    original = Delivery.sync

    def sync(self: Delivery, after: Cursor, **named: Any) -> Do:
        return original(self, _one_on(after, self.head), **named)

    Delivery.sync = sync  # type: ignore[method-assign]
    module: Any = poll
    read = module.pages

    def pages(wanted: Sequence[tuple[int, int]], **named: Any) -> list[Page | None]:
        found: list[Page | None] = read([(user_id, after + 1) for user_id, after in wanted], **named)
        return found

    module.pages = pages


def _one_on(cursor: Cursor, head: int) -> Cursor:
    return Cursor(cursor.epoch, min(cursor.seq + 1, max(head, cursor.seq)))


def forgets_what_was_held_back() -> None:
    """A client that could not take more goes on at the head."""

    def drained(self: Delivery) -> Do:
        self.sent = self.head
        return self._take(Input.DRAINED_CURRENT)

    Delivery.drained = drained  # type: ignore[method-assign]


def no_mark_on_the_buffer() -> None:
    """Whatever is for a client is written, whether it reads or not."""

    def full(self: Connection) -> None:
        pass

    Connection.full = full  # type: ignore[method-assign]


def never_notices_silence() -> None:
    """Nobody looks whether a ping was answered."""
    original = Connection.ping

    def ping(self: Connection) -> None:
        original(self)
        self.pinged = False

    Connection.ping = ping  # type: ignore[method-assign]


def gives_up_on_the_database() -> None:
    """What a database could not answer is not asked again."""

    def try_again(self: Hub, *given: Any) -> None:
        pass

    Hub._try_again = try_again  # type: ignore[method-assign, assignment]
    rounds.Rounds._sweep = try_again  # type: ignore[method-assign, assignment]


def sockets_end_with_the_database() -> None:
    """Whoever waits for an answer of a database that has none is sent away."""

    def try_again(self: Hub, *given: Any) -> None:
        for mine in tuple(self.by_user.values()):
            for connection in tuple(mine):
                connection.close(1011, "The database is away.")

    Hub._try_again = try_again  # type: ignore[method-assign, assignment]
    original = rounds.Rounds._sweep

    async def sweep(self: rounds.Rounds) -> None:
        from streams import metrics

        failures = metrics.READ_FAILURES._value.get()
        await original(self)
        if metrics.READ_FAILURES._value.get() != failures:
            try_again(self._hub)

    rounds.Rounds._sweep = sweep  # type: ignore[method-assign]


def never_listens_again() -> None:
    """A connection to Redis that ended is not made anew, and nobody sweeps faster meanwhile."""
    original = RedisListener.open
    opened: set[str] = set()

    async def open_once(self: RedisListener) -> None:
        if opened:
            await asyncio.Event().wait()
        await original(self)
        opened.add("once")

    RedisListener.open = open_once  # type: ignore[method-assign]
    RedisBus.healthy = True  # type: ignore[assignment, method-assign]


def asks_a_dead_redis_each_time() -> None:
    """Every request finds out for itself that Redis does not answer."""

    def never(self: RedisBus) -> None:
        pass

    RedisBus._break = never  # type: ignore[method-assign]


def pool_backs_off() -> None:
    """The longer a database is away, the longer the pool waits before it looks again: psycopg's default."""
    from django.db import connection

    connection.settings_dict["OPTIONS"]["pool"]["reconnect_timeout"] = 300.0


def crashes_on_the_database() -> None:
    """A database that is away is an error like any other."""
    from accounts import problems

    def described(exception: Exception) -> problems.Described:
        return 500, problems.problem(500), {}

    problems._described_by_database = described


def leaves_without_its_presence() -> None:
    """When it cannot be kept who is here, nobody is."""
    original = Attendance.round

    async def keep(self: Attendance, now: float) -> None:
        await original(self, now)
        if not self._renewed_at:
            for mine in tuple(self._hub.by_user.values()):
                for connection in tuple(mine):
                    connection.close(1011, "Redis is full.")

    Attendance.round = keep  # type: ignore[method-assign]


def trusts_clocks() -> None:
    """An entry from the future is not shown before its time has come."""
    original = Hub.on_signals

    def on_signals(self: Hub, signals: Any) -> None:
        bodies = {id(signal): getattr(signal, "body", None) for signal in signals}
        original(self, [one for one in signals if (body := bodies[id(one)]) is None or _past(body)])

    Hub.on_signals = on_signals  # type: ignore[method-assign]
    give = Hub._give

    def only_past(self: Hub, connection: Connection, read: int, page: Any) -> None:
        if page is None or all(_past(body) for _, body in page.entries):
            give(self, connection, read, page)

    Hub._give = only_past  # type: ignore[method-assign]


def _past(body: bytes) -> bool:
    at = body.partition(b'"at":"')[2][:19]
    return at.decode() <= time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 5))


MUTANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (
        resumes_one_late,
        says_that_was_all,
        replays_one_late,
        forgets_what_was_held_back,
        no_mark_on_the_buffer,
        never_notices_silence,
        gives_up_on_the_database,
        sockets_end_with_the_database,
        never_listens_again,
        asks_a_dead_redis_each_time,
        pool_backs_off,
        crashes_on_the_database,
        leaves_without_its_presence,
        trusts_clocks,
    )
}
