"""Give the demo people a past, and a morning that has just happened.

The past is written as rows, with its own dates and with counts that agree: nobody was there to be told of it. The morning
is made by the actions that people use, so that inboxes, unread lines and streams have what those actions leave.
"""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chat.actions.send_message import send_message
from chat.models import Conversation, Message
from friends.selectors import friend_ids
from posts.actions.comment import comment
from posts.actions.like import like
from posts.actions.publish import publish
from posts.models import Like, Post

from .lines import POSTS, TALKS, Said


def remember(cast: dict[str, User]) -> int:
    """Write the past of a cast that has none; how many posts."""
    if Post.objects.filter(author__in=cast.values()).exists():
        return 0
    now = timezone.now()
    with transaction.atomic():
        for said in POSTS:
            _post(said, cast, now)
        _like_at_random(cast, now)
        for one, other, hours_ago, lines in sorted(TALKS, key=lambda talk: -talk[2]):  # as they were spoken
            _talk(cast[one], cast[other], lines, ended=now - timedelta(hours=hours_ago))
    _this_morning(cast)
    return len(POSTS)


def _post(said: Said, cast: dict[str, User], now: datetime) -> None:
    at = now - timedelta(hours=said.hours_ago)
    post = Post.objects.create(
        author=cast[said.author],
        type=said.kind,
        content=said.content,
        media_url=said.picture,
        created_at=at,
        updated_at=at,
        comment_count=len(said.comments),
        version=len(said.comments),
    )
    step = min(timedelta(hours=1.3), (now - at) / (len(said.comments) + 1))
    for place, (author, content) in enumerate(said.comments, start=1):
        when = at + step * place
        Post.objects.create(
            author=cast[author], content=content, parent=post, created_at=when, updated_at=when
        )  # fmt: skip


def _like_at_random(cast: dict[str, User], now: datetime) -> None:
    """Friends like what friends write; the same ones in every town. The last words of two of them wait for the morning."""
    chance = random.Random(1936)  # noqa: S311 - theatre
    members = {user.pk: user for user in cast.values()}
    waiting = [_latest(cast["maria"]).pk, _latest(cast["pablo"]).pk]
    for post in Post.objects.filter(author__in=cast.values()).exclude(pk__in=waiting).order_by("pk"):
        friends = sorted(set(friend_ids(post.author_id)) & members.keys())
        share = 0.75 if post.parent_id is None else 0.25
        likes = [
            Like(user_id=friend, post=post, told=True, created_at=min(now, post.created_at + timedelta(minutes=20)))
            for friend in friends
            if chance.random() < share
        ]
        Like.objects.bulk_create(likes)
        Post.objects.filter(pk=post.pk).update(likes_count=len(likes), version=post.version + len(likes))


def _latest(author: User) -> Post:
    return Post.objects.filter(author=author, parent=None).latest("created_at")


def _talk(one: User, other: User, lines: tuple[str, ...], *, ended: datetime) -> None:
    """A conversation in turns, all of it read."""
    low, high = sorted((one.pk, other.pk))
    message: Message | None = None
    for place, content in enumerate(lines):
        sender, receiver = (one, other) if place % 2 == 0 else (other, one)
        at = ended - timedelta(minutes=4) * (len(lines) - 1 - place)
        message = Message.objects.create(
            sender=sender, receiver=receiver, low=low, high=high, content=content, created_at=at
        )  # fmt: skip
    if message is not None:
        for owner, with_whom in ((one, other), (other, one)):
            Conversation.objects.create(
                owner=owner,
                other=with_whom,
                last_message=message,
                read_up_to=message.pk,
                seen_up_to=message.pk,
                delivered_up_to=message.pk,
            )


def _this_morning(cast: dict[str, User]) -> None:
    """What maria and pablo find when they sign in for the first time."""
    bakery, radio = _latest(cast["maria"]), _latest(cast["pablo"])
    for name in ("kenji", "luca", "ida"):
        like(actor=cast[name], post_id=bakery.pk, action="like")
    trumpet = comment(
        actor=cast["ines"], parent_id=bakery.pk, content="It is my neighbour. He is eleven. Wait a little."
    )
    comment(actor=cast["maria"], parent_id=bakery.pk, content="I can wait.", reply_to_id=trumpet.pk)
    comment(
        actor=cast["zara"], parent_id=radio.pk, content="@pablo lend it to me for one recording. @maria, persuade him."
    )
    publish(actor=cast["kenji"], content="The print is framed. Where is the hook?", wall_of=cast["maria"].pk)
    like(actor=cast["amara"], post_id=radio.pk, action="like")
    for line in ("I folded it every hour.", "Every. Hour.", "It is perfect, come and see!"):
        send_message(actor=cast["luca"], receiver_id=cast["maria"].pk, content=line)
    send_message(actor=cast["tomas"], receiver_id=cast["pablo"].pk, content="On my way, with the bees' regards.")
