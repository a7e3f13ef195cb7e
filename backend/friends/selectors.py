"""Read friendships and requests. Every list is a fixed number of queries, whatever its length."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, When

from accounts.models import User
from accounts.people import Person
from accounts.selectors import blocked_by, blockers_of

from .models import FriendRequest, Friendship

SUGGESTIONS = 20
SAMPLE = 300
"""Of how many friends the friends are looked at: beyond that the twenty best hardly change, and the query does."""


_SHOWN = ("username", "first_name", "last_name", "profile__avatar")


def friendships_of(user_id: int) -> QuerySet[Friendship, Any]:
    """A member's friendships, the latest first, as named rows for `friend_in`.

    Rows and not models: a list of five thousand friends would otherwise build twenty-five thousand objects to show names.
    """
    return (
        Friendship.objects.filter(Q(low_id=user_id) | Q(high_id=user_id), low__is_active=True, high__is_active=True)
        .order_by("-pk")
        .values_list(
            "pk", "low_id", "high_id", *(f"{side}__{name}" for side in ("low", "high") for name in _SHOWN), named=True
        )
    )


def friend_in(row: Any, user_id: int) -> Person:
    """The friend of the member with this id, in a row of `friendships_of`."""
    side = "high" if row.low_id == user_id else "low"
    username, first_name, last_name, avatar = (getattr(row, f"{side}__{name}") for name in _SHOWN)
    return Person(
        id=getattr(row, f"{side}_id"),
        username=username,
        first_name=first_name,
        last_name=last_name,
        profile_picture=avatar or None,
    )


def friend_ids(user_id: int) -> QuerySet[Friendship, int]:
    """Ids of a member's friends, for a list or a subquery."""
    other = Case(When(low_id=user_id, then=F("high_id")), default=F("low_id"))
    return Friendship.objects.filter(Q(low_id=user_id) | Q(high_id=user_id)).values_list(other, flat=True)


def are_friends(one_id: int, other_id: int) -> bool:
    """Whether two people are friends."""
    low, high = sorted((one_id, other_id))
    return Friendship.objects.filter(low_id=low, high_id=high).exists()


def requests_received(user: User) -> QuerySet[FriendRequest]:
    """Open requests to a member, the latest first, with who sent them."""
    return (
        FriendRequest.objects.filter(to_user=user, state=FriendRequest.State.OPEN, from_user__is_active=True)
        .select_related("from_user__profile")
        .order_by("-pk")
    )


def requests_sent(user: User) -> QuerySet[FriendRequest]:
    """A member's own requests, the latest first. Whether one was declined, or fell on a block, is not told."""
    return FriendRequest.objects.filter(from_user=user).select_related("to_user__profile").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody a member may know, and how many friends they share."""

    user: User
    mutual: int


_FRIENDS_OF_FRIENDS = """
WITH mine AS (
    SELECT id FROM (
        SELECT high_id AS id, id AS since FROM friends_friendship WHERE low_id = %(me)s
        UNION ALL
        SELECT low_id AS id, id AS since FROM friends_friendship WHERE high_id = %(me)s
    ) AS everybody ORDER BY since DESC LIMIT %(sample)s
), theirs AS (
    SELECT f.high_id AS id FROM friends_friendship f JOIN mine ON f.low_id = mine.id
    UNION ALL
    SELECT f.low_id AS id FROM friends_friendship f JOIN mine ON f.high_id = mine.id
)
SELECT theirs.id, COUNT(*) AS mutual FROM theirs
WHERE theirs.id <> %(me)s
  AND NOT EXISTS (SELECT 1 FROM friends_friendship f
                  WHERE (f.low_id = %(me)s AND f.high_id = theirs.id) OR (f.high_id = %(me)s AND f.low_id = theirs.id))
  AND NOT EXISTS (SELECT 1 FROM friends_friendrequest r
                  WHERE (r.from_user_id = %(me)s AND r.to_user_id = theirs.id)
                     OR (r.to_user_id = %(me)s AND r.from_user_id = theirs.id))
  AND NOT EXISTS (SELECT 1 FROM accounts_block b
                  WHERE (b.blocker_id = %(me)s AND b.blocked_id = theirs.id)
                     OR (b.blocked_id = %(me)s AND b.blocker_id = theirs.id))
  AND EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = theirs.id AND u.is_active)
GROUP BY theirs.id ORDER BY mutual DESC, theirs.id DESC LIMIT %(limit)s
"""


def suggestions(user: User) -> list[Suggestion]:
    """Up to twenty people a member may know: friends of friends by how many they share, then the newest members.

    Nobody who is a friend, has asked or was asked, or is on either side of a block.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FRIENDS_OF_FRIENDS, {"me": user.pk, "sample": SAMPLE, "limit": SUGGESTIONS})
        mutual: dict[int, int] = dict(cursor.fetchall())
    known = User.objects.select_related("profile").in_bulk(list(mutual))
    found = [Suggestion(known[user_id], count) for user_id, count in mutual.items() if user_id in known]
    if len(found) < SUGGESTIONS:
        others = _strangers(user).exclude(pk__in=list(mutual))[: SUGGESTIONS - len(found)]
        found += [Suggestion(other, 0) for other in others]
    return found


def _strangers(user: User) -> QuerySet[User]:
    return (
        User.objects.select_related("profile")
        .filter(is_active=True)
        .exclude(pk=user.pk)
        .exclude(pk__in=friend_ids(user.pk))
        .exclude(pk__in=FriendRequest.objects.filter(from_user=user).values("to_user"))
        .exclude(pk__in=FriendRequest.objects.filter(to_user=user).values("from_user"))
        .exclude(pk__in=blocked_by(user.pk))
        .exclude(pk__in=blockers_of(user.pk))
        .order_by("-pk")
    )
