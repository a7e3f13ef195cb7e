"""Read people, devices and blocks. Every list is one query, whatever its length."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from .models import Block, Device, Profile, User
from .people import with_pictures

SEARCH_LIMIT = 20
SEARCH_LETTERS = 2


def member_by_email(email: str) -> User | None:
    """The member with this address in any case. Both sides are lowered by the database, as its unique index is."""
    return User.objects.annotate(_low=Lower("email")).filter(_low=Lower(Value(email))).first()


def member_by_username(username: str) -> User | None:
    """The member of this name in any case."""
    return User.objects.annotate(_low=Lower("username")).filter(_low=Lower(Value(username))).first()


def active_member(user_id: int) -> User | None:
    """The member with this id, unless there is none or the account is closed."""
    return with_pictures(User.objects.filter(pk=user_id, is_active=True)).first()


def members(user_ids: Iterable[int]) -> QuerySet[User]:
    """Those of these who are members, by name."""
    return with_pictures(User.objects.filter(pk__in=list(user_ids), is_active=True)).order_by("first_name", "pk")


def search_members(text: str, *, but: User) -> QuerySet[User]:
    """Up to 20 members whose names contain `text`; the newest ones when it has fewer than two letters."""
    found = with_pictures(User.objects.filter(is_active=True).exclude(pk=but.pk))
    text = text.replace("\0", "").strip()[:150]
    if len(text) < SEARCH_LETTERS:
        return found.order_by("-pk")[:SEARCH_LIMIT]
    for word in text.split()[:5]:
        found = found.filter(Q(username__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return found.order_by("username")[:SEARCH_LIMIT]


def profile_of(user: User) -> Profile:
    """A member's profile, made now for one who was created around the signal."""
    try:
        return user.profile
    except Profile.DoesNotExist:
        return Profile.objects.get_or_create(user=user)[0]


def live_devices(user: User) -> QuerySet[Device]:
    """Where a member is signed in, the latest first."""
    return user.devices.filter(expires_at__gt=timezone.now()).order_by("-last_seen_at", "-pk")


def has_blocked(blocker_id: int, blocked_id: int) -> bool:
    """Whether the first wants nothing from the second."""
    return Block.objects.filter(blocker_id=blocker_id, blocked_id=blocked_id).exists()


def block_between(one_id: int, other_id: int) -> bool:
    """Whether either of two people has blocked the other."""
    return Block.objects.filter(
        Q(blocker_id=one_id, blocked_id=other_id) | Q(blocker_id=other_id, blocked_id=one_id)
    ).exists()


def blockers_of(user_id: int) -> QuerySet[Block, int]:
    """Ids of the people who have blocked this one, for use in a subquery."""
    return Block.objects.filter(blocked_id=user_id).values_list("blocker_id", flat=True)


def blocked_by(user_id: int) -> QuerySet[Block, int]:
    """Ids of the people whom this one has blocked, for use in a subquery."""
    return Block.objects.filter(blocker_id=user_id).values_list("blocked_id", flat=True)


def blocked_people(user: User) -> list[User]:
    """Whom a member has blocked, the latest first."""
    rows = Block.objects.filter(blocker=user).select_related("blocked__profile").order_by("-pk")
    return [row.blocked for row in rows]
