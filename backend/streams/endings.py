"""Logins end, and their connections with them, whatever becomes of the hint.

The hint over the bus is quick and may be lost; a socket that outlives its login is a hole in the house. So the end is also a
row, written in the transaction that ended the login, and every gateway looks at the new rows twice a second.

Row numbers are given before the commit, so a smaller number may appear after a larger one. Whoever follows this table must
look again at numbers it has passed (`gateway/endings.py` does, for `SETTLED` seconds).

A right that ends travels the same way: `watch_again()` is such a row, by which every gateway asks anew which topics somebody may
watch. It names a login that does not exist, so that a gateway which does not know this yet closes nothing.

May import: models, bus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from .bus import REVOKED, WATCH_AGAIN, publish_ended
from .models import Ending

SETTLED = 120.0
"""Seconds after which a transaction that took a number has committed it or never will."""
KEPT = timedelta(days=2)
NO_LOGIN = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """One row: a login that has ended, or with `login_id` None every login of a user."""

    id: int
    user_id: int
    login_id: int | None
    code: int


def end_logins(*, user_id: int, login_ids: Sequence[int] | None = None, code: int = REVOKED) -> None:
    """Close the connections of logins everywhere, within a second. Call it in the transaction that ends them.

    Args:
        user_id: whose.
        login_ids: which of them. None is every connection of the user, whichever login it is of: for an account that is
            gone, not for one that may sign in again in the next second.
        code: the close code the sockets get.
    """
    ended: list[int | None] = [None] if login_ids is None else list(login_ids)
    Ending.objects.bulk_create([Ending(user_id=user_id, login_id=one, code=code) for one in ended])
    # robust: a hint that fails after the commit costs a second, and must not turn a done action into an error.
    transaction.on_commit(lambda: publish_ended(user_id=user_id, login_ids=login_ids, code=code), robust=True)


def watch_again(user_ids: Sequence[int]) -> None:
    """What these people may watch has become less: within a second every gateway has asked again, for the connections that
    are open. Call it in the transaction that takes the right away.
    """
    for one in user_ids:
        end_logins(user_id=one, login_ids=[NO_LOGIN], code=WATCH_AGAIN)


def endings_after(number: int) -> list[Ended]:
    """The rows with larger numbers, in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, user_id, login_id, code FROM streams_ending WHERE id > %s ORDER BY id", [number])
        return [Ended(*row) for row in cursor.fetchall()]


def settled_number() -> int:
    """The largest number below which no row can appear any more."""
    settled = Ending.objects.filter(at__lt=Now() - timedelta(seconds=SETTLED))
    return settled.aggregate(largest=Max("pk"))["largest"] or 0


def trim_endings() -> int:
    """Remove what no gateway can still need; the number of rows."""
    removed, _ = Ending.objects.filter(at__lt=Now() - KEPT).delete()
    return removed
