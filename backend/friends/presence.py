"""Who is told that a member came or went: friends, and nobody across a block.

A friendship that begins or ends changes who may know without anybody coming or going, so both are told then too. Those are
whispers, as the others are: `online` of the friends list is what they correct.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from django.db.models import Q

from accounts.models import Block
from streams.bus import publish_whisper
from streams.presence import online
from streams.record import Recorder

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


def show_each_other(log: Recorder, one_id: int, other_id: int) -> None:
    """Two people have become friends: once that is committed, each learns that the other is here, if they are."""
    log.then(lambda: _introduce(one_id, other_id))


def hide_from_each_other(log: Recorder, one_id: int, other_id: int) -> None:
    """Two people are friends no more: for each of them the other is gone, here or not."""
    log.then(lambda: _tell_both(one_id, other_id, here=frozenset()))


def _introduce(one_id: int, other_id: int) -> None:
    if here := online((one_id, other_id)):
        _tell_both(one_id, other_id, here=here)


def _tell_both(one_id: int, other_id: int, *, here: set[int] | frozenset[int]) -> None:
    for about, to in ((one_id, other_id), (other_id, one_id)):
        frame = msgspec.json.encode({"type": "presence", "user": about, "online": about in here})
        publish_whisper(frame, user_ids=[to])
