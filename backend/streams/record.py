"""Append events to streams, inside the caller's transaction.

A database sequence would leave holes on rollback and number rows out of commit order: a client could see 7 and never learn
of 6. Numbers therefore come from the stream's head row, under its lock, and commit with what they tell of.

A head that another transaction holds is not waited for, since under contention that wait is the whole cost. The entry then
commits unnumbered with its cause, and is numbered just after, by whoever holds the head next: nothing unnumbered is ever
delivered, and since each holder first numbers what it can see, numbers follow each sender's order. No transaction waits for
a head while it holds one, so actions cannot deadlock on heads.

Only actions call `recording()`. May import: heads, jobs, bus, events.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from streams.conf import conf

from .bus import Hint, current_bus
from .events import Event, encode_body
from .heads import Head, Numbered, Row, insert_entries, lock_heads, mention, number_waiting
from .jobs import add_jobs
from .metrics import DEFERRED, RECORDED

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
    after: list[Callable[[], None]] = field(default_factory=list)

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

    def then(self, work: Callable[[], None]) -> None:
        """Do something without promise once this transaction has committed and its entries are on their way.

        What fails then must not turn a done action into an error: it is logged.
        """
        self.after.append(work)


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
        outer.after += inner.after
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
        for work in log.after:
            transaction.on_commit(work, robust=True)


def hold(user_id: int) -> None:
    """From now until the transaction ends, nothing else gets a number in this user's stream.

    For actions that change what `ON_NUMBER` derives: what stands unnumbered is numbered first, so that their own entry
    follows everything they have seen; what comes to stand unnumbered meanwhile is numbered after it, by whoever is next.
    Call it first in the transaction, for one user only.
    """
    log = _current.get()
    if log is not None:
        log.held.add(user_id)
    _number(lock_heads([user_id], wait=True))


def _append(added: list[Added], held: Collection[int] = ()) -> None:
    on_record, on_number = _looking_on()
    if on_record is not None:
        added = on_record(added)
    texts = [one.body.decode() for one in added]
    rows = _rows(added)
    heads, unsettled = insert_entries(rows, types=[one.type for one in added], bodies=texts, held=held)
    numbered = [
        Numbered(row.user_id, head.epoch, head.seq + row.nth, added[row.event].type, texts[row.event])
        for row in rows
        if (head := heads.get(row.user_id)) is not None
    ]
    if mentions := _mentions(added):
        mention(sorted(mentions))
    late = lock_heads(unsettled)
    numbered += number_waiting(late)
    if on_number is not None and numbered:
        on_number(numbered)
    hints = _hints(numbered)
    deferred = sorted({row.user_id for row in rows} - heads.keys() - late.keys())
    types = [one.type for one in added]
    transaction.on_commit(lambda: _after_commit(hints, deferred, types), robust=True)


def _number(heads: dict[int, Head]) -> int:
    """Number what waits in these streams, whose heads are ours, and have it told; how many entries that were."""
    numbered = number_waiting(heads)
    if numbered:
        _, on_number = _looking_on()
        if on_number is not None:
            on_number(numbered)
        _publish_after_commit(_hints(numbered))
    return len(numbered)


def _hints(numbered: Iterable[Numbered]) -> list[Hint]:
    """One hint an event, for all who got it."""
    hints: dict[str, Hint] = {}
    for user_id, epoch, seq, _, body in numbered:
        hints.setdefault(body, Hint([], body.encode())).positions.append((user_id, epoch, seq))
    return list(hints.values())


def _rows(added: list[Added]) -> list[Row]:
    counts: Counter[int] = Counter()
    rows: list[Row] = []
    for event, one in enumerate(added):
        for user_id in one.user_ids:
            counts[user_id] += 1
            about = next((person for person in one.about if person != user_id), None)
            rows.append(Row(user_id, counts[user_id], event, about))
    return rows


def _mentions(added: list[Added]) -> set[tuple[int, int]]:
    """Whose data each stream now carries beyond the one that an entry names."""
    return {
        (person, user_id)
        for one in added
        if len(one.about) > 1
        for user_id in one.user_ids
        for person in [each for each in one.about if each != user_id][1:]
    }


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
            numbered += _number(lock_heads([user_id], wait=wait))
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
