"""What is kept: thirty days or a thousand entries a user, whichever is more; and what a restore must change.

An entry goes when it is old and a thousand newer ones exist. The floor moves in the same transaction, so whoever reads a page sees
the position and the entries that belong together, and a client with an older cursor is reset instead of served a hole. Each
transaction takes a bounded number of entries of one stream, because it holds the head that writers want.

May import: endings, jobs, models.
"""

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from .conf import conf
from .endings import trim_endings
from .jobs import add_jobs, clock, job
from .metrics import TRIMMED
from .models import Ack, Job, new_epoch

ENTRIES_A_TRANSACTION = 1_000
STREAMS_A_LOOK = 200
TURN = 10.0
"""Seconds a job works before it hands on to the next: less than a lease."""
DAILY = 86_400.0
UNUSED_ACKS = timedelta(days=90)
TRIM = "streams.trim"


def trim(*, after: int = 0, now: datetime | None = None, seconds: float | None = None) -> tuple[int, int | None]:
    """Remove what need not be kept, stream by stream in order of user ids.

    Args:
        after: begin with the streams of larger user ids.
        now: when to take it to be.
        seconds: stop when so much time is used up.

    Returns:
        How many entries went, and the user id after which to go on, None when all streams have been looked at.
    """
    began = time.monotonic()
    cutoff = (now or timezone.now()) - timedelta(days=conf().RETENTION_DAYS)
    removed = 0
    while streams := _long_streams(after):
        for user_id, head, floor in streams:
            removed += _trim_stream(user_id, head, floor, cutoff)
            after = user_id
            if seconds is not None and time.monotonic() - began > seconds:
                return removed, after
    return removed, None


def _long_streams(after: int) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id, head, floor FROM streams_stream WHERE user_id > %s AND head - floor > %s "
            "ORDER BY user_id LIMIT %s",
            [after, conf().RETENTION_ENTRIES, STREAMS_A_LOOK],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def _trim_stream(user_id: int, head: int, floor: int, cutoff: datetime) -> int:
    target = _oldest_to_keep(user_id, head, floor, cutoff) - 1
    removed = 0
    while floor < target:
        floor = min(floor + ENTRIES_A_TRANSACTION, target)
        removed += _move_floor(user_id, floor)
    return removed


def _oldest_to_keep(user_id: int, head: int, floor: int, cutoff: datetime) -> int:
    """The smallest number that is young enough, or one of the last thousand."""
    last = head - conf().RETENTION_ENTRIES + 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM streams_entry WHERE stream_id = %s AND seq > %s AND seq < %s AND created_at >= %s "
            "ORDER BY seq LIMIT 1",
            [user_id, floor, last, connection.ops.adapt_datetimefield_value(cutoff)],
        )
        row = cursor.fetchone()
    return last if row is None else int(row[0])


def _move_floor(user_id: int, floor: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE streams_stream SET floor = %s WHERE user_id = %s AND floor < %s AND head >= %s",
            [floor, user_id, floor, floor],
        )
        if not cursor.rowcount:
            return 0
        cursor.execute("DELETE FROM streams_entry WHERE stream_id = %s AND seq <= %s", [user_id, floor])
        removed = int(cursor.rowcount)
    TRIMMED.inc(removed)
    return removed


@job(TRIM)
def daily_trim(*, after: int = 0) -> None:
    """A turn of trimming. What is left goes to another job; the next day's is in place before the work begins."""
    if after == 0:
        schedule(run_in=DAILY)
        trim_endings()
        Ack.objects.filter(at__lt=timezone.now() - UNUSED_ACKS).delete()
    _, more_after = trim(after=after, seconds=TURN)
    if more_after is not None:
        add_jobs([(TRIM, {"after": more_after}, 0.0)])


def schedule(*, run_in: float = 0.0) -> None:
    """See to it that a trim is due, this one's successor or the first of all. Twice is as good as once."""
    waiting = Job.objects.filter(kind=TRIM)
    if run_in:  # the job that asks stands in the table too, due when its lease ends
        waiting = waiting.filter(due_at__gt=clock() + timedelta(seconds=run_in / 2))
    if not waiting.exists():
        add_jobs([(TRIM, {}, run_in)])


def rotate_epoch() -> int:
    """Begin a new epoch in all streams, in one statement; how many there are.

    After a restore the numbers of the lost time will be given again. Clients with a cursor of the old epoch are reset,
    connected ones within a sweep.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE streams_stream SET epoch = %s", [new_epoch()])
        return int(cursor.rowcount)
