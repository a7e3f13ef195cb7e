"""Who is told that a member came or went: friends, and nobody across a block."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from accounts.models import Block

from .models import Friendship


def audience(user_ids: Sequence[int]) -> dict[int, list[int]]:
    """Ids of the people who may see whether each of these is connected (`STREAMS["PRESENCE_AUDIENCE"]`), in two queries."""
    asked = set(user_ids)
    friends: defaultdict[int, set[int]] = defaultdict(set)
    pairs = Friendship.objects.filter(Q(low__in=asked) | Q(high__in=asked)).values_list("low_id", "high_id")
    for low, high in pairs:
        friends[low].add(high)
        friends[high].add(low)
    blocks = Block.objects.filter(Q(blocker__in=asked) | Q(blocked__in=asked)).values_list("blocker_id", "blocked_id")
    for blocker, blocked in blocks:
        friends[blocker].discard(blocked)
        friends[blocked].discard(blocker)
    return {user_id: sorted(friends[user_id]) for user_id in asked}
