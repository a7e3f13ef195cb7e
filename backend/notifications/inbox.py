"""The inbox beside the stream: what the engine calls while it records and numbers.

`mark` runs before an entry exists and writes the recipient's wish into it; `append` runs as it gets its number, under the
head's lock, and folds it into the rows. Both take everybody at once: a handful of statements for five hundred recipients.

The statements are SQL, because what Django takes to compose one is as much as what the database takes to execute it.

May import: folding, wishes, models, events.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from streams.events import decode_body, registered
from streams.heads import Numbered
from streams.record import Added

from .events import Notification
from .folding import Arrived, Inbox, abouts
from .models import InboxRow
from .wishes import unwanted

_NAMED = ("user_id", "first", "type", "target")
_CHANGED = ("last", "link", "deed", "excerpt", "actors", "count", "at", "seen", "read", "archived")
_COLUMNS = (*_NAMED, *_CHANGED)
_PLACES = f"({', '.join(['%s'] * len(_COLUMNS))})"
_AT_ONCE = 1_000


class _At(msgspec.Struct):
    at: datetime


_at_of = msgspec.json.Decoder(_At).decode


def mark(added: list[Added]) -> list[Added]:
    """The same events, with `muted` in those for people who want no notice of them."""
    told = {at: _notification(one.type, one.body) for at, one in enumerate(added)}
    loud = {at: event for at, event in told.items() if event is not None and not event.silent}
    if not loud:
        return added
    muting = unwanted({at: (added[at].user_ids, event) for at, event in loud.items()})
    marked: list[Added] = []
    for at, one in enumerate(added):
        quiet = muting.get(at, frozenset())
        rest = tuple(user_id for user_id in one.user_ids if user_id not in quiet)
        if rest:
            marked.append(one._replace(user_ids=rest))
        if quiet:
            body = one.body[:-1] + b',"muted":true}'
            marked.append(one._replace(user_ids=tuple(sorted(quiet)), body=body))
    return marked


def append(numbered: list[Numbered]) -> None:
    """Fold entries into the inboxes of those who got them."""
    events: dict[int, tuple[Notification | None, datetime]] = {}
    arrived: list[Arrived] = []
    for one in numbered:
        known = events.get(id(one.body))
        if known is None:
            event = _notification(one.type, one.body)
            known = events[id(one.body)] = (event, _at_of(one.body).at)
        if known[0] is not None:
            arrived.append(Arrived(one.user_id, one.seq, known[1], known[0]))
    touched = abouts(arrived)
    if touched:
        _store(fold({user_id for user_id, _, _ in touched}, _rows(touched), arrived))


def fold(user_ids: set[int], rows: Sequence[InboxRow], arrived: Sequence[Arrived]) -> list[Inbox]:
    """The inboxes of these people after the entries, which are in stream order for each of them."""
    inboxes = {user_id: Inbox([]) for user_id in user_ids}
    for row in rows:
        inboxes[row.user_id].rows.append(row)
    for entry in arrived:
        if entry.user_id in inboxes:
            inboxes[entry.user_id].fold(entry)
    return list(inboxes.values())


def _rows(touched: set[tuple[int, str, str]]) -> list[InboxRow]:
    names = [sorted({about[at] for about in touched}) for at in range(3)]
    users, types, targets = (", ".join(["%s"] * len(each)) for each in names)
    found = InboxRow.objects.raw(
        "SELECT * FROM notifications_inboxrow "  # noqa: S608
        f"WHERE user_id IN ({users}) AND type IN ({types}) AND target IN ({targets})",
        [name for each in names for name in each],
    )
    return [row for row in found if (row.user_id, row.type, row.target) in touched]


def _store(inboxes: list[Inbox]) -> None:
    changed = [row for inbox in inboxes for row in inbox.changed.values()]
    emptied = [row.pk for inbox in inboxes for row in inbox.emptied.values() if row.pk is not None]
    if emptied:
        InboxRow.objects.filter(pk__in=emptied).delete()
    for start in range(0, len(changed), _AT_ONCE):
        _upsert(changed[start : start + _AT_ONCE])


def _upsert(rows: Sequence[InboxRow]) -> None:
    """One statement for new and changed rows: they meet on the row's name."""
    sets = ", ".join(f"{name} = excluded.{name}" for name in _CHANGED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_inboxrow ({', '.join(_COLUMNS)}) VALUES {', '.join([_PLACES] * len(rows))} "  # noqa: S608
            f"ON CONFLICT (user_id, first) DO UPDATE SET {sets}",
            [value for row in rows for value in _values(row)],
        )


def _values(row: InboxRow) -> Iterator[Any]:
    for name in _COLUMNS:
        value = getattr(row, name)
        if name == "actors":
            value = json.dumps(value)
        yield connection.ops.adapt_datetimefield_value(value) if name == "at" else value


def _notification(wire_type: str, body: bytes | str) -> Notification | None:
    known = registered_notifications().get(wire_type)
    if known is None:
        return None
    event = decode_body(body)
    return event if isinstance(event, Notification) else None


def registered_notifications() -> dict[str, type[Notification]]:
    """The notification classes by wire name."""
    return {name: one for name, one in registered().items() if issubclass(one, Notification)}
