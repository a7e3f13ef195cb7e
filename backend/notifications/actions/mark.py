"""Move inbox rows along: unseen, seen, read, archived, and back again for who changes their mind.

The rows and their entry change under the stream's head, so no notification can slip between what a person saw when they
said "all read" and what becomes read.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from django.db.models import QuerySet

from accounts.models import User
from notifications.events import Notification
from notifications.models import InboxRow
from notifications.selectors import Counts, counts_of
from streams.record import hold, recording

State = Literal["seen", "read", "unread", "archived", "unarchived"]
_CHANGES: dict[State, dict[str, bool]] = {
    "seen": {"seen": True},
    "read": {"seen": True, "read": True},
    "unread": {"read": False},
    "archived": {"seen": True, "read": True, "archived": True},
    "unarchived": {"archived": False},
}


class NotificationsRead(Notification, type="notifications_read", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To own devices: rows are now `state`: those named in `ids`, or all whose latest entry is not above `up_to`.

    `unread` and `unseen` are what is left in the whole inbox.
    """

    silent: ClassVar[bool] = True

    state: State = "read"
    ids: list[int] | None = None
    up_to: int | None = None
    unread: int
    unseen: int

    def text(self) -> str:
        return "Your notifications changed on another device"

    def link(self) -> str:
        return "/notifications"

    @classmethod
    def example(cls) -> Self:
        return cls(ids=[104, 98], unread=2, unseen=0)


def mark(*, actor: User, state: State, ids: Sequence[int] | None = None, up_to: int | None = None) -> Counts:
    """Bring the actor's rows of these names, or all up to a number, into a state; what is left unread and unseen.

    Names that the actor has no row of are passed over. What changes nothing is told to nobody.
    """
    with recording() as log:
        hold(actor.pk)
        changes = _CHANGES[state]
        rows = _chosen(actor, ids, up_to).exclude(**changes)
        if state != "unarchived" and ids is None:
            rows = rows.filter(archived=False)
        changed = rows.update(**changes)
        left = counts_of(actor.pk)
        if changed:
            named = None if ids is None else sorted(set(ids))
            log.add(
                actor, NotificationsRead(state=state, ids=named, up_to=up_to, unread=left.unread, unseen=left.unseen)
            )
        return left


def _chosen(actor: User, ids: Sequence[int] | None, up_to: int | None) -> QuerySet[InboxRow]:
    rows = InboxRow.objects.filter(user=actor)
    if ids is not None:
        return rows.filter(first__in=ids)
    return rows if up_to is None else rows.filter(last__lte=up_to)
