"""How far clients say they have applied their streams: one row a login, written in batches.

An acknowledgement is a fact of one epoch. It is stored only while its stream is still in that epoch and reaches that far, and
within an epoch it never goes back, whichever process stores it last.

A project that wants to know what has arrived names a function in `STREAMS["ON_ACK"]`. It is told of acknowledgements that were
news, after they are stored, many at once and outside any transaction; one that fails is told again.

May import: models.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from .conf import conf

ROWS = 1_000
"""Rows a statement: SQLite takes 32,766 variables."""


class Acknowledged(NamedTuple):
    """A login has applied its user's stream up to `seq`."""

    login_id: int
    user_id: int
    epoch: str
    seq: int


def keep_acks(acked: Sequence[Acknowledged]) -> None:
    """Store what logins acknowledged, in one statement a thousand."""
    in_order = sorted(acked)  # two processes that store the same logins must not lock their rows in opposite orders
    for start in range(0, len(in_order), ROWS):
        news = _keep(in_order[start : start + ROWS])
        tell = _on_ack()
        if news and tell is not None:
            tell(news)


@cache
def _on_ack() -> Callable[[Sequence[tuple[int, int]]], None] | None:
    return import_string(conf().ON_ACK) if conf().ON_ACK else None


def _keep(acked: Sequence[Acknowledged]) -> list[tuple[int, int]]:
    """Store them; (user, seq) of those that were news."""
    postgres = connection.vendor == "postgresql"
    row = "(%s::bigint, %s::bigint, %s, %s::bigint)" if postgres else "(%s, %s, %s, %s)"
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH told (login_id, user_id, epoch, seq) AS (VALUES {", ".join([row] * len(acked))})
                INSERT INTO streams_ack (login_id, stream_id, epoch, seq, at)
                SELECT told.login_id, told.user_id, told.epoch, told.seq, %s FROM told
                  JOIN streams_stream s ON s.user_id = told.user_id AND s.epoch = told.epoch AND s.head >= told.seq
                 WHERE true
                ON CONFLICT (login_id) DO UPDATE SET stream_id = excluded.stream_id, epoch = excluded.epoch,
                       seq = excluded.seq, at = excluded.at
                 WHERE streams_ack.epoch <> excluded.epoch OR streams_ack.seq < excluded.seq
                RETURNING stream_id, seq""",  # noqa: S608
            [value for one in acked for value in one]
            + [now if postgres else connection.ops.adapt_datetimefield_value(now)],
        )
        return list(cursor.fetchall())
