"""Append events to streams, inside the caller's transaction.

A database sequence would leave holes on rollback and number rows out of commit order: a client could see 7 and never learn
of 6. Numbers therefore come from the stream's head row, under its lock, and commit with what they tell of.

A head that another transaction holds is not waited for, since under contention that wait is the whole cost. The entry then
commits unnumbered with its cause, and is numbered just after, by whoever holds the head next: nothing unnumbered is ever
delivered, and since each holder first numbers what it can see, numbers follow each sender's order. No transaction waits for
a head while it holds one, so actions cannot deadlock on heads.

Only actions call `recording()`. May import: jobs, models, bus, events.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from streams.conf import conf

from .bus import Hint, current_bus
from .events import Event, encode_body
from .jobs import add_jobs
from .metrics import DEFERRED, RECORDED
from .models import new_epoch

log = logging.getLogger("streams.record")

NUMBERING_PATIENCE = 2.0
"""Seconds that a numbering waits for heads, all together. The action it follows is done, and its caller should hear so."""


class HasPk(Protocol):
    """A user, whatever the project's model is."""

    @property
    def pk(self) -> Any: ...


class Added(NamedTuple):
    """An event for some users, not yet numbered. `body` is the entry's JSON without its `seq`, `about` whose data it carries."""

    user_ids: tuple[int, ...]
    type: str
    body: bytes
    about: tuple[int, ...] = ()


class Numbered(NamedTuple):
    """An entry that has just got its place in one user's stream. Entries of one event share one `body`."""

    user_id: int
    seq: int
    type: str
    body: str


OnRecord = Callable[[list[Added]], list[Added]]
OnNumber = Callable[[list[Numbered]], None]


@cache
def _looking_on() -> tuple[OnRecord | None, OnNumber | None]:
    names = (conf().ON_RECORD, conf().ON_NUMBER)
    first, second = (import_string(name) if name else None for name in names)
    return first, second


@dataclass(slots=True)
class Recorder:
    """Collects events until the transaction is about to commit."""

    added: list[Added] = field(default_factory=list)
    jobs: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)
    held: set[int] = field(default_factory=set)

    def add(self, to: "HasPk | int | Iterable[HasPk | int]", event: Event) -> None:
        """Append `event` to the streams of `to`: a user, a user id, or several of either (each gets it once).

        Raises:
            EntryTooLarge: the event is over 32 KiB.
        """
        several = to if isinstance(to, Iterable) else (to,)
        ids = tuple(sorted({one if isinstance(one, int) else int(one.pk) for one in several}))
        if ids:
            self.added.append(Added(ids, event.wire_type, encode_body(event, timezone.now()), event.subjects()))

    def enqueue(self, kind: str, *, run_in: float = 0.0, **arguments: Any) -> None:
        """Have a job done once this transaction has committed, `run_in` seconds later at the earliest."""
        self.jobs.append((kind, arguments, run_in))


_current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording() -> Iterator[Recorder]:
    """The transaction of one action: what the body changes and the events it adds commit together or not at all.

    Inside another `recording()` it joins that one, with a savepoint of its own.

    Raises:
        RuntimeError: called inside somebody's `atomic()` block, whose commit would come later than this one's promise.
    """
    outer = _current.get()
    if outer is not None:
        inner = Recorder()
        with transaction.atomic():
            yield inner
        outer.added += inner.added
        outer.jobs += inner.jobs
        return
    with transaction.atomic(durable=True):
        log = Recorder()
        token = _current.set(log)
        try:
            yield log
        finally:
            _current.reset(token)
        if log.jobs:
            add_jobs(log.jobs)
        if log.added:
            _append(log.added, log.held)


def hold(user_id: int) -> None:
    """From now until the transaction ends, nothing else gets a number in this user's stream.

    For actions that change what `ON_NUMBER` derives: what stands unnumbered is numbered first, so that their own entry
    follows everything they have seen; what comes to stand unnumbered meanwhile is numbered after it, by whoever is next.
    Call it first in the transaction, for one user only.
    """
    log = _current.get()
    if log is not None:
        log.held.add(user_id)
    heads = _lock_heads([user_id], wait=True, settle=False)
    hints = _number(heads)
    if hints:
        _store_heads(heads)
        _publish_after_commit(hints)


@dataclass(slots=True)
class _Head:
    epoch: str
    seq: int


def _append(added: list[Added], held: Collection[int] = ()) -> None:
    on_record, on_number = _looking_on()
    if on_record is not None:
        added = on_record(added)
    everyone = sorted({user_id for one in added for user_id in one.user_ids})
    heads = _lock_heads(everyone, held=held)
    hints: list[Hint] = []
    rows: list[tuple[int, int | None, str, str, int | None, datetime]] = []
    mentions: set[tuple[int, int]] = set()
    numbered: list[Numbered] = []
    now = timezone.now()
    for ids, wire_type, body, about in added:
        text = body.decode()
        positions: list[tuple[int, str, int]] = []
        for user_id in ids:
            head = heads.get(user_id)
            if head is not None:
                head.seq += 1
                positions.append((user_id, head.epoch, head.seq))
                numbered.append(Numbered(user_id, head.seq, wire_type, text))
            others = [one for one in about if one != user_id]
            rows.append((user_id, head.seq if head else None, wire_type, text, others[0] if others else None, now))
            mentions.update((one, user_id) for one in others[1:])
        if positions:
            hints.append(Hint(positions, body))
    _store_heads(heads)
    _insert(rows)
    if mentions:
        _mention(sorted(mentions))
    if on_number is not None and numbered:
        on_number(numbered)
    deferred = [user_id for user_id in everyone if user_id not in heads]
    types = [one.type for one in added]
    transaction.on_commit(lambda: _after_commit(hints, deferred, types), robust=True)


def _publish_after_commit(hints: list[Hint]) -> None:
    """What fails after the commit costs latency, and must not turn a done action into an error: hence `robust`.

    Django wants the name of what failed, and a `partial` has none.
    """
    transaction.on_commit(lambda: current_bus().publish(hints), robust=True)


def _after_commit(hints: list[Hint], deferred: list[int], types: list[str]) -> None:
    for wire_type in types:
        RECORDED.labels(wire_type).inc()
    current_bus().publish(hints)
    if deferred:
        DEFERRED.inc(len(deferred))
        try:
            number_pending(deferred)
        except OperationalError as error:
            # Somebody keeps a head, or the database has gone. The entries are safe; the next holder or a sweep numbers them.
            log.warning("numbering_left_to_sweep", extra={"error": type(error).__name__, "streams": len(deferred)})


def number_pending(user_ids: Iterable[int], *, wait: bool = True) -> int:
    """Number what stands unnumbered in these streams and publish it; the number of entries that got one.

    One short transaction a stream, which may wait for the head and holds nothing else while it does; without `wait`,
    streams whose head is locked are passed over.

    Raises:
        OperationalError: heads stayed locked for `NUMBERING_PATIENCE`.
    """
    numbered = 0
    deadline = time.monotonic() + NUMBERING_PATIENCE
    for user_id in sorted(set(user_ids)):
        with transaction.atomic(durable=True):
            if wait:
                _limit_waiting(deadline - time.monotonic())
            heads = _lock_heads([user_id], wait=wait, settle=False)
            hints = _number(heads)
            if hints:
                _store_heads(heads)
                _publish_after_commit(hints)
        numbered += len(hints)
    return numbered


def pending_user_ids(limit: int = 500) -> list[int]:
    """Users whose streams hold unnumbered entries; those of a process that died right after its commit stay until swept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT stream_id FROM streams_entry WHERE seq IS NULL LIMIT %s", [limit])
        return [row[0] for row in cursor.fetchall()]


def _limit_waiting(seconds: float) -> None:
    """Of each statement, whatever it waits for: `lock_timeout` counts anew for each lock, and a queue for a row has two."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")  # a number of ours


# SQL. SQLite has one writer, so there a head is always ours; PostgreSQL locks it, skipping heads that others hold.


def _lock_heads(
    user_ids: Sequence[int], *, wait: bool = False, settle: bool = True, held: Collection[int] = ()
) -> dict[int, _Head]:
    """The heads that could be locked, by user id; to `settle` is to number first what others left unnumbered in them.

    In streams that are `held` it was, and what was left since must come after what was done meanwhile.
    The subquery sees the statement's snapshot and may report rows that were numbered since; it decides only whether to look.
    """
    postgres = connection.vendor == "postgresql"
    lock = ("FOR NO KEY UPDATE OF s" + ("" if wait else " SKIP LOCKED")) if postgres else ""
    marks = ", ".join(["%s"] * len(user_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT s.user_id, s.epoch, s.head,
                       EXISTS (SELECT 1 FROM streams_entry e WHERE e.stream_id = s.user_id AND e.seq IS NULL)
                  FROM streams_stream s WHERE s.user_id IN ({marks}) ORDER BY s.user_id {lock}""",  # noqa: S608
            user_ids,
        )
        rows = cursor.fetchall()
        heads = {row[0]: _Head(row[1], row[2]) for row in rows}
        if len(heads) < len(user_ids):
            heads |= _begin_streams([user_id for user_id in user_ids if user_id not in heads], wait=wait)
    if wait and len(heads) < len(user_ids):  # begun by somebody else in this moment
        return _lock_heads(user_ids, wait=wait, settle=settle, held=held)
    behind = {row[0]: heads[row[0]] for row in rows if row[3] and row[0] not in held}
    if behind and settle:
        hints = _number(behind)
        _publish_after_commit(hints)
    return heads


def _begin_streams(user_ids: Sequence[int], *, wait: bool) -> dict[int, _Head]:
    """The heads of streams that begin here, held as if locked.

    Whoever begins a stream holds one of 256 advisory locks until the commit. Without `wait`, streams that somebody else may be
    beginning are passed over like locked ones: to wait for their row while holding another is how two actions could deadlock.
    """
    rows = f"VALUES {', '.join(['(%s, %s, 0, 0)'] * len(user_ids))}"
    if connection.vendor == "postgresql":
        lock = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
        rows = rows.replace("(%s,", "(%s::bigint,")
        rows = f"""SELECT * FROM ({rows}) AS fresh (user_id)
                    WHERE {lock}('streams_stream'::regclass::int, mod(user_id, 256)::int)::text <> 'false'"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO streams_stream (user_id, epoch, head, floor) {rows} "
            "ON CONFLICT (user_id) DO NOTHING RETURNING user_id, epoch, head",
            [value for user_id in user_ids for value in (user_id, new_epoch())],
        )
        return {row[0]: _Head(row[1], row[2]) for row in cursor.fetchall()}


def _number(heads: dict[int, _Head]) -> list[Hint]:
    hints: list[Hint] = []
    numbered: list[Numbered] = []
    with connection.cursor() as cursor:
        for user_id, head in heads.items():
            cursor.execute(
                "SELECT id, type, body FROM streams_entry WHERE stream_id = %s AND seq IS NULL ORDER BY id", [user_id]
            )
            numbers: list[tuple[int, int]] = []
            for entry_id, wire_type, body in cursor.fetchall():
                head.seq += 1
                numbers.append((head.seq, entry_id))
                numbered.append(Numbered(user_id, head.seq, wire_type, body))
                hints.append(Hint([(user_id, head.epoch, head.seq)], body.encode()))
            if numbers:
                cursor.executemany("UPDATE streams_entry SET seq = %s WHERE id = %s", numbers)
    _, on_number = _looking_on()
    if on_number is not None and numbered:
        on_number(numbered)
    return hints


def _store_heads(heads: dict[int, _Head]) -> None:
    if not heads:
        return
    marks = ", ".join(["(%s, %s)"] * len(heads))
    columns = "::bigint" if connection.vendor == "postgresql" else ""
    marks = marks.replace("%s", f"%s{columns}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH grown (user_id, head) AS (VALUES {marks}) "  # noqa: S608
            "UPDATE streams_stream SET head = grown.head FROM grown WHERE streams_stream.user_id = grown.user_id",
            [value for user_id, head in heads.items() for value in (user_id, head.seq)],
        )


def _insert(rows: Sequence[tuple[int, int | None, str, str, int | None, datetime]]) -> None:
    naive = connection.vendor == "sqlite"
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 5_000):
            part = rows[start : start + 5_000]
            cursor.execute(
                f"INSERT INTO streams_entry (stream_id, seq, type, body, about_id, created_at) VALUES "  # noqa: S608
                f"{marks if len(part) == len(rows) else ', '.join(['(%s, %s, %s, %s, %s, %s)'] * len(part))}",
                [
                    value
                    for *columns, at in part
                    for value in (*columns, at.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if naive else at)
                ],
            )


def _mention(mentions: Sequence[tuple[int, int]]) -> None:
    """Remember whose data a stream carries beyond the one that each entry names."""
    with connection.cursor() as cursor:
        for start in range(0, len(mentions), 5_000):
            part = mentions[start : start + 5_000]
            cursor.execute(
                f"INSERT INTO streams_mention (person_id, stream_id) VALUES {', '.join(['(%s, %s)'] * len(part))} "  # noqa: S608
                "ON CONFLICT DO NOTHING",
                [value for pair in part for value in pair],
            )
