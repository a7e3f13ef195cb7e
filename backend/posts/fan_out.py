"""News for all friends of an author: at once when they are few, by a durable job when they are many.

A job tells five hundred friends in one transaction, which also moves its mark and enqueues its successor. So a worker that
is killed has told whole chunks only, a job that runs a second time finds the mark moved and does nothing, and each friend
is told once.

May import: models, streams.
"""

from collections.abc import Collection

from accounts.models import Block
from friends.models import Friendship
from notifications.events import Notification
from streams.events import decode_body, encode_body
from streams.jobs import job
from streams.record import Recorder, recording

from .models import FanOut, Post

AT_ONCE = 200
CHUNK = 500


def friends_after(author_id: int, after: int, limit: int) -> list[int]:
    """The ids of an author's next friends, in order."""
    high = Friendship.objects.filter(low_id=author_id, high_id__gt=after).order_by("high_id")
    low = Friendship.objects.filter(high_id=author_id, low_id__gt=after).order_by("low_id")
    found = [*high.values_list("high_id", flat=True)[:limit], *low.values_list("low_id", flat=True)[:limit]]
    return sorted(found)[:limit]


def tell_friends(log: Recorder, event: Notification, *, post: Post, but: Collection[int | None] = ()) -> None:
    """Record `event` for everybody whom the author's post may interest; when they are few, without those in `but`."""
    friends = friends_after(post.author_id, 0, AT_ONCE + 1)
    if len(friends) <= AT_ONCE:
        log.add([one for one in _across_no_block(friends, post.target_profile_id) if one not in but], event)
        return
    body = encode_body(event, post.created_at).decode()
    row = FanOut.objects.create(author_id=post.author_id, post_id=post.pk, type=event.wire_type, body=body)
    log.enqueue("posts.fan_out", fan_out_id=row.pk, after=0, wall_of=post.target_profile_id)


@job("posts.fan_out")
def fan_out(*, fan_out_id: int, after: int, wall_of: int | None) -> None:
    """Tell the next chunk of friends, and have the rest told."""
    with recording() as log:
        row = FanOut.objects.select_for_update(of=("self",)).filter(pk=fan_out_id).first()
        if row is None or row.after != after:
            return
        event = decode_body(row.body)
        friends = friends_after(row.author_id, after, CHUNK)
        if row.type != "new_post" or Post.objects.filter(pk=row.post_id).exists():
            log.add(_across_no_block(friends, wall_of), event)
        if len(friends) < CHUNK:
            row.delete()
            return
        row.after = friends[-1]
        row.save(update_fields=["after"])
        log.enqueue("posts.fan_out", fan_out_id=row.pk, after=row.after, wall_of=wall_of)


def _across_no_block(user_ids: list[int], wall_of: int | None) -> list[int]:
    """Who of these has no block between them and the owner of the wall; the owner hears of it otherwise."""
    if wall_of is None:
        return user_ids
    blocked = set(Block.objects.filter(blocker_id=wall_of).values_list("blocked_id", flat=True))
    blocked |= set(Block.objects.filter(blocked_id=wall_of).values_list("blocker_id", flat=True))
    return [user_id for user_id in user_ids if user_id not in blocked and user_id != wall_of]
