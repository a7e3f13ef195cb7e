"""An event for tests: who wrote it, and the how-manieth of theirs it is.

It is not registered, so the tests that run over all event types do not meet it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connection

from streams.events import Event


class Noted(Event, frozen=True):
    """The `number`-th thing that `writer` has done."""

    wire_type: ClassVar[str] = "noted"

    writer: int
    number: int


def rows_of(user_id: int) -> list[tuple[int | None, dict[str, Any]]]:
    """(seq, body) of everything in a stream, numbered or not, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, body FROM streams_entry WHERE stream_id = %s ORDER BY seq, id", [user_id])
        return [(seq, json.loads(body)) for seq, body in cursor.fetchall()]


def assert_gapless(user_id: int) -> list[dict[str, Any]]:
    """The stream is 1, 2, 3 … up to its head, without a hole and without a repeat. Return the bodies."""
    rows = rows_of(user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT head FROM streams_stream WHERE user_id = %s", [user_id])
        found = cursor.fetchone()
    head = found[0] if found else 0
    assert [seq for seq, _ in rows] == list(range(1, head + 1)), f"stream of {user_id}: {[seq for seq, _ in rows]}"
    return [body for _, body in rows]


def assert_senders_order(bodies: Iterable[dict[str, Any]]) -> dict[int, int]:
    """Each writer's entries stand in the order they were written, none missing. Return how many each wrote."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for body in bodies:
        numbers[body["writer"]].append(body["number"])
    for writer, seen in numbers.items():
        assert seen == list(range(1, len(seen) + 1)), f"writer {writer}: {seen}"
    return {writer: len(seen) for writer, seen in numbers.items()}
