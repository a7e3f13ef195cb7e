"""Where numbers come from: the head rows of streams, and the statements that lock them, insert entries and number what waits.

SQLite has one writer, so there a head is always ours. PostgreSQL locks it, and passes over heads that others hold: to wait is
for `hold` and for the numbering after a commit. All of it runs inside the caller's transaction.

May import: models.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from .models import new_epoch


@dataclass(slots=True)
class Head:
    """Where a stream stands."""

    epoch: str
    seq: int


class Numbered(NamedTuple):
    """An entry that has just got its place in one user's stream. Entries of one event share one `body`."""

    user_id: int
    epoch: str
    seq: int
    type: str
    body: str


class Row(NamedTuple):
    """An entry for one user: the `nth` of this transaction in their stream, the body of its `event`th."""

    user_id: int
    nth: int
    event: int
    about: int | None


_LOCKED_GROWN_AND_INSERTED = """
WITH wanted (user_id, nth, event, about, place) AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
), asked (user_id, count) AS (
    SELECT user_id, max(nth) FROM wanted GROUP BY user_id
), free AS MATERIALIZED (
    SELECT s.user_id, s.epoch, s.head, s.user_id <> ALL (%s::bigint[]) AND EXISTS (
               SELECT 1 FROM streams_entry e WHERE e.stream_id = s.user_id AND e.seq IS NULL) AS behind
      FROM streams_stream s WHERE s.user_id = ANY (%s::bigint[]) ORDER BY s.user_id FOR NO KEY UPDATE OF s SKIP LOCKED
), grown AS (
    UPDATE streams_stream s SET head = free.head + asked.count
      FROM free JOIN asked USING (user_id) WHERE s.user_id = free.user_id AND NOT free.behind
), inserted AS (
    INSERT INTO streams_entry (stream_id, seq, type, body, about_id, created_at)
    SELECT user_id, CASE WHEN NOT free.behind THEN free.head + nth END,
           (%s::text[])[event + 1], (%s::text[])[event + 1], about, %s
      FROM wanted LEFT JOIN free USING (user_id) ORDER BY place
)
SELECT user_id, free.epoch, free.head, coalesce(free.behind, known.head IS NULL)
  FROM asked LEFT JOIN free USING (user_id) LEFT JOIN streams_stream known USING (user_id)
"""
"""One statement has one snapshot: what it finds unnumbered was committed before it began, and what it locks it has as it is
now. A stream with something unnumbered gets its entries unnumbered too, behind what is there."""


def insert_entries(
    rows: Sequence[Row], *, types: list[str], bodies: list[str], held: Collection[int]
) -> tuple[dict[int, Head], list[int]]:
    """Insert entries, numbered where the head could be locked and nothing older waits for a number.

    In streams that are `held` that was numbered already, and what waits since must come after what was done meanwhile.

    Returns:
        The heads as they were before, by user id; and whose streams are ours to number, or to begin.
    """
    if connection.vendor != "postgresql":
        return _insert_alone(rows, types, bodies, held)
    user_ids = sorted({row.user_id for row in rows})
    with connection.cursor() as cursor:
        cursor.execute(
            _LOCKED_GROWN_AND_INSERTED,
            [*map(list, zip(*rows, strict=True)), list(held), user_ids, types, bodies, timezone.now()],
        )
        found = cursor.fetchall()
    heads = {user_id: Head(epoch, head) for user_id, epoch, head, later in found if epoch and not later}
    return heads, [user_id for user_id, _, _, later in found if later]


def _insert_alone(
    rows: Sequence[Row], types: list[str], bodies: list[str], held: Collection[int]
) -> tuple[dict[int, Head], list[int]]:
    counts = {row.user_id: row.nth for row in rows}
    now = timezone.now().astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE streams_stream SET head = head + asked.value FROM json_each(%s) asked
                WHERE user_id = CAST(asked.key AS INTEGER)
                  AND (user_id IN (SELECT value FROM json_each(%s))
                       OR NOT EXISTS (SELECT 1 FROM streams_entry e WHERE e.stream_id = user_id AND e.seq IS NULL))
               RETURNING user_id, epoch, head""",
            [json.dumps(counts), json.dumps(list(held))],
        )
        heads = {user_id: Head(epoch, head - counts[user_id]) for user_id, epoch, head in cursor.fetchall()}
        cursor.executemany(
            "INSERT INTO streams_entry (stream_id, seq, type, body, about_id, created_at) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (user_id, heads[user_id].seq + nth if user_id in heads else None, types[at], bodies[at], about, now)
                for user_id, nth, at, about in rows
            ],
        )
    return heads, [user_id for user_id in counts if user_id not in heads]


def lock_heads(user_ids: Sequence[int], *, wait: bool = False) -> dict[int, Head]:
    """The heads that could be locked, by user id. Streams that have not begun begin."""
    if not user_ids:
        return {}
    lock = ("FOR NO KEY UPDATE OF s" + ("" if wait else " SKIP LOCKED")) if connection.vendor == "postgresql" else ""
    marks = ", ".join(["%s"] * len(user_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.user_id, s.epoch, s.head FROM streams_stream s WHERE s.user_id IN ({marks}) "  # noqa: S608
            f"ORDER BY s.user_id {lock}",
            user_ids,
        )
        heads = {user_id: Head(epoch, head) for user_id, epoch, head in cursor.fetchall()}
    if len(heads) < len(user_ids):
        heads |= _begin_streams([user_id for user_id in user_ids if user_id not in heads], wait=wait)
    if wait and len(heads) < len(user_ids):  # begun by somebody else in this moment
        return lock_heads(user_ids, wait=wait)
    return heads


def _begin_streams(user_ids: Sequence[int], *, wait: bool) -> dict[int, Head]:
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
        return {row[0]: Head(row[1], row[2]) for row in cursor.fetchall()}


def number_waiting(heads: dict[int, Head]) -> list[Numbered]:
    """Give what waits in these streams its numbers, in order of insertion. Their heads are ours, and grow."""
    if not heads:
        return []
    marks = ", ".join(["%s"] * len(heads))
    numbered: list[Numbered] = []
    numbers: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream_id, id, type, body FROM streams_entry "  # noqa: S608
            f"WHERE stream_id IN ({marks}) AND seq IS NULL ORDER BY stream_id, id",
            list(heads),
        )
        for user_id, entry_id, wire_type, body in cursor.fetchall():
            head = heads[user_id]
            head.seq += 1
            numbers.append((head.seq, entry_id))
            numbered.append(Numbered(user_id, head.epoch, head.seq, wire_type, body))
        if numbered:
            cursor.executemany("UPDATE streams_entry SET seq = %s WHERE id = %s", numbers)
            grown = [(heads[user_id].seq, user_id) for user_id in sorted({one.user_id for one in numbered})]
            cursor.executemany("UPDATE streams_stream SET head = %s WHERE user_id = %s", grown)
    return numbered


def mention(mentions: Sequence[tuple[int, int]]) -> None:
    """Remember whose data a stream carries beyond the one that each entry names."""
    with connection.cursor() as cursor:
        for start in range(0, len(mentions), 5_000):
            part = mentions[start : start + 5_000]
            cursor.execute(
                f"INSERT INTO streams_mention (person_id, stream_id) VALUES {', '.join(['(%s, %s)'] * len(part))} "  # noqa: S608
                "ON CONFLICT DO NOTHING",
                [value for pair in part for value in pair],
            )
