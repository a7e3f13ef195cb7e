"""Read the inbox. A page is one query, the counts are another, whatever the inbox's size."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from .events import shelf_types
from .models import InboxRow


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of an inbox are unread, and how many unseen."""

    unread: int
    unseen: int


def inbox_of(user_id: int, *, shelf: str = "all", archived: bool = False) -> QuerySet[InboxRow]:
    """Somebody's rows, the latest first."""
    rows = InboxRow.objects.filter(user_id=user_id, archived=archived).order_by("-last")
    return rows if shelf == "all" else rows.filter(type__in=shelf_types(shelf))


def counts_of(user_id: int) -> Counts:
    """What the badges say. An unseen row is unread too, so the unread ones are all that is looked at."""
    found = InboxRow.objects.filter(user_id=user_id, archived=False, read=False).aggregate(
        unread=Count("pk"), unseen=Count("pk", filter=Q(seen=False))
    )
    return Counts(**found)
