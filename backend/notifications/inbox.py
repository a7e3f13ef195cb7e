"""The inbox beside the stream: what the engine calls while it records and numbers.

`mark` runs before an entry exists and writes the recipient's wish into it; `append` runs as it gets its number, under the
head's lock, and folds it into the rows. Both take everybody at once: a handful of statements for five hundred recipients.

May import: folding, wishes, models, events.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from streams.events import decode_body, registered
from streams.record import Added, Numbered

from .events import Notification
from .folding import Arrived, Inbox, abouts
from .models import InboxRow
from .wishes import unwanted

_CHANGED = ("last", "link", "deed", "excerpt", "actors", "count", "at", "seen", "read", "archived")


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
    users, types, targets = (sorted({about[at] for about in touched}) for at in range(3))
    found = InboxRow.objects.filter(user_id__in=users, type__in=types, target__in=targets)
    return [row for row in found if (row.user_id, row.type, row.target) in touched]


def _store(inboxes: list[Inbox]) -> None:
    changed = [row for inbox in inboxes for row in inbox.changed.values()]
    emptied = [row.pk for inbox in inboxes for row in inbox.emptied.values() if row.pk is not None]
    if emptied:
        InboxRow.objects.filter(pk__in=emptied).delete()
    for row in changed:
        row.pk = None  # one statement for new and changed rows: they meet on the row's name
    if changed:
        InboxRow.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["user", "first"], update_fields=_CHANGED, batch_size=500
        )


def _notification(wire_type: str, body: bytes | str) -> Notification | None:
    known = registered_notifications().get(wire_type)
    if known is None:
        return None
    event = decode_body(body)
    return event if isinstance(event, Notification) else None


def registered_notifications() -> dict[str, type[Notification]]:
    """The notification classes by wire name."""
    return {name: one for name, one in registered().items() if issubclass(one, Notification)}
