"""Read streams: where they stand, and what follows a cursor. Everything here takes many users at once.

A page carries the stream's own position with its entries, from one statement, so the machine that asked can tell in one
look whether its cursor still holds: another epoch, a floor above it, or a hole that must not be there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F

from .cursor import Cursor
from .models import Ack, Entry, Stream
from .rows import among, fetch, many


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stands: the oldest and newest number that a cursor may name."""

    epoch: str
    head: int
    floor: int

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.epoch, self.head)


@dataclass(frozen=True, slots=True)
class Page:
    """A stream's position, and entries after some number, in order: (seq, body)."""

    position: Position
    entries: list[tuple[int, bytes]]


def positions(user_ids: Sequence[int]) -> dict[int, Position]:
    """The positions of many streams in one query. A user without a stream gets one; who is no user any more has none."""
    found = _positions(user_ids)
    missing = [user_id for user_id in set(user_ids) if user_id not in found]
    if missing:
        users = get_user_model().objects.filter(pk__in=missing).values_list("pk", flat=True)
        Stream.objects.bulk_create([Stream(user_id=user_id) for user_id in users], ignore_conflicts=True)
        found |= _positions(missing)
    return found


def _positions(user_ids: Sequence[int]) -> dict[int, Position]:
    if not user_ids:
        return {}
    rows = fetch("user_id, epoch, head, floor", f"streams_stream WHERE {among('user_id')}", many(user_ids))
    return {row[0]: Position(row[1], row[2], row[3]) for row in rows}


def moved(known: Mapping[int, str]) -> dict[int, Position]:
    """The positions of streams that stand elsewhere than these cursors say.

    The database compares: of fifty thousand streams that are looked at every few seconds, hardly any is worth a row.
    """
    each = "json_each_text(%s::json)" if connection.vendor == "postgresql" else "json_each(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.user_id, s.epoch, s.head, s.floor FROM {each} k "  # noqa: S608
            "JOIN streams_stream s ON s.user_id = CAST(k.key AS bigint) WHERE s.epoch || '.' || s.head <> k.value",
            [msgspec.json.encode(known).decode()],
        )
        return {row[0]: Position(row[1], row[2], row[3]) for row in cursor.fetchall()}


def cursor_of(user_id: int) -> str:
    """The cursor of a snapshot. Read it before the state: an event applied twice is harmless, one missed is not."""
    return str(positions([user_id])[user_id].cursor)


def pages(wanted: Sequence[tuple[int, int]], *, limit: int, size: int) -> list[Page | None]:
    """For each (user id, seq) what follows it, up to `limit` entries and `size` bytes; None for a user without a stream.

    Bounded by bytes too, or a few readers of large entries would hold gigabytes that their sockets cannot take. The entry that
    crosses `size` is the last of its page, so that there is always one.

    PostgreSQL answers all of them in one statement; SQLite, which is in this process, one after another.
    """
    if connection.vendor == "postgresql":
        return _pages_at_once(wanted, limit, size)
    return [_page(user_id, after, limit, size) for user_id, after in wanted]


def _page(user_id: int, after: int, limit: int, size: int) -> Page | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.epoch, s.head, s.floor, e.seq, e.body FROM streams_stream s "
            "LEFT JOIN streams_entry e ON e.stream_id = s.user_id AND e.seq > %s "
            "WHERE s.user_id = %s ORDER BY e.seq LIMIT %s",
            [after, user_id, limit],
        )
        page: Page | None = None
        read = 0
        for epoch, head, floor, seq, text in cursor:
            page = page or Page(Position(epoch, head, floor), [])
            if seq is None or read >= size:
                break
            body = text.encode()
            read += len(body)
            page.entries.append((seq, body))
    return page


def _pages_at_once(wanted: Sequence[tuple[int, int]], limit: int, size: int) -> list[Page | None]:
    found: list[Page | None] = [None] * len(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.at, s.epoch, s.head, s.floor, e.seq, e.body "
            "FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS w (user_id, after, at) "
            "JOIN streams_stream s ON s.user_id = w.user_id "
            "LEFT JOIN LATERAL (SELECT seq, body FROM (SELECT seq, body, "
            "sum(octet_length(body)) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - octet_length(body) AS before "
            "FROM streams_entry WHERE stream_id = s.user_id AND seq > w.after ORDER BY seq LIMIT %s) sized "
            "WHERE before < %s) e ON true ORDER BY w.at, e.seq",
            [[user_id for user_id, _ in wanted], [after for _, after in wanted], limit, size],
        )
        for at, epoch, head, floor, seq, body in cursor.fetchall():
            page = found[at - 1]
            if page is None:
                page = found[at - 1] = Page(Position(epoch, head, floor), [])
            if seq is not None:
                page.entries.append((seq, body.encode()))
    return found


def recent(user_id: int, wire_type: str, *, up_to: int, since: datetime, limit: int = 1_000) -> list[bytes]:
    """Bodies of a user's entries of one type, the newest first: none beyond `up_to`, none that was recorded before `since`."""
    found = Entry.objects.filter(stream_id=user_id, type=wire_type, seq__lte=up_to, created_at__gte=since)
    return [body.encode() for body in found.order_by("-seq").values_list("body", flat=True)[:limit]]


@dataclass(frozen=True, slots=True)
class Acked:
    """How far one login has applied its user's stream, in the stream's present epoch."""

    login_id: int
    seq: int
    at: datetime


def acks(user_ids: Sequence[int]) -> dict[int, list[Acked]]:
    """What the logins of users have acknowledged, the furthest first. What was acknowledged in an older epoch is void."""
    found: dict[int, list[Acked]] = {user_id: [] for user_id in user_ids}
    for one in Ack.objects.filter(stream_id__in=found, epoch=F("stream__epoch")).order_by("-seq", "login_id"):
        found[one.stream_id].append(Acked(one.login_id, one.seq, one.at))
    return found


def delivered_up_to(user_ids: Sequence[int]) -> dict[int, int]:
    """The largest number that any login of each user has acknowledged; 0 when none has any."""
    return {user_id: furthest[0].seq if furthest else 0 for user_id, furthest in acks(user_ids).items()}
