"""One entry more, and what it makes of the inbox. Pure: rows in, rows out.

Clients do the same to the copy they hold, and must come to the same rows, so every rule here is one that can be followed
with nothing but the rows and the entry. protocol/snapshots holds recorded pairs of before and after.

- An entry joins the newest row of its type and target that is neither read nor archived; else it begins one.
- People stand latest first, the ten latest by name. A person who is named already is counted once.
- A row quotes what its latest entry quotes.
- Somebody taken back leaves the newest row that names them, or that has people it does not name. Nobody left, no row. When
  what they wrote is gone too and theirs was the latest, the row quotes nothing.
- An entry never counts twice: one that is not above the row's `last` changes nothing.

May import: models, events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from .events import Notification, TakenBack, who
from .models import InboxRow

MOST_ACTORS = 10


@dataclass(slots=True)
class Arrived:
    """An entry, as the inbox sees it."""

    user_id: int
    seq: int
    at: datetime
    event: Notification


@dataclass(slots=True)
class Inbox:
    """The rows of one person that a batch of entries may touch, and what has become of them."""

    rows: list[InboxRow]
    changed: dict[int, InboxRow] = field(default_factory=dict)
    emptied: dict[int, InboxRow] = field(default_factory=dict)

    def fold(self, entry: Arrived) -> None:
        """Apply one entry."""
        event = entry.event
        for back in event.takes_back():
            for user_id in back.user_ids:
                self._take_back(back, user_id)
        if (answered := event.settles()) is not None:
            for row in self._about(answered.type, answered.target):
                if not row.read:
                    row.seen = row.read = True
                    self.changed[row.first] = row
        if wants_row(entry.user_id, event):
            self._join(entry)

    def _about(self, wire_type: str, target: str) -> list[InboxRow]:
        found = [row for row in self.rows if row.type == wire_type and row.target == target]
        return sorted(found, key=lambda row: -row.last)

    def _join(self, entry: Arrived) -> None:
        event = entry.event
        people = event.actors()
        about = self._about(event.wire_type, event.target())
        if any(row.last >= entry.seq for row in about):
            return
        row = next((one for one in about if not one.read and not one.archived), None)
        if row is None:
            row = InboxRow(
                user_id=entry.user_id, first=entry.seq, type=event.wire_type, target=event.target(), actors=[], count=0
            )
            self.rows.append(row)
        named = {actor["id"] for actor in row.actors}
        known = sum(1 for person in people if person.id in named)
        latest = {person.id for person in people}
        rest = [actor for actor in row.actors if actor["id"] not in latest]
        row.actors = [*(msgspec.to_builtins(person) for person in people), *rest][:MOST_ACTORS]
        row.count += event.count() - known
        row.last, row.at, row.link = entry.seq, entry.at, event.link()
        row.deed = event.text().removeprefix(who(people, event.count()))
        row.excerpt = event.excerpt or ""
        row.seen = False
        self.changed[row.first] = row

    def _take_back(self, back: TakenBack, user_id: int) -> None:
        for row in self._about(back.type, back.target):
            names = [actor for actor in row.actors if actor["id"] == user_id]
            if not names and row.count <= len(row.actors):
                continue
            if back.words and row.actors[0]["id"] == user_id:
                row.excerpt = ""
            row.actors = [actor for actor in row.actors if actor["id"] != user_id]
            row.count -= 1
            self.changed[row.first] = row
            if row.count <= 0:
                self.rows.remove(row)
                self.emptied[row.first] = self.changed.pop(row.first)
            return


def wants_row(user_id: int, event: Notification) -> bool:
    """Whether an entry is anything for the inbox: nobody is notified of themselves."""
    if event.silent or not event.in_inbox or event.muted is True:
        return False
    return all(person.id != user_id for person in event.actors())


def abouts(entries: Iterable[Arrived]) -> set[tuple[int, str, str]]:
    """(user, type, target) of the rows that entries may touch."""
    found: set[tuple[int, str, str]] = set()
    for one in entries:
        for effect in (*one.event.takes_back(), one.event.settles()):
            if effect is not None:
                found.add((one.user_id, effect.type, effect.target))
        if wants_row(one.user_id, one.event):
            found.add((one.user_id, one.event.wire_type, one.event.target()))
    return found
