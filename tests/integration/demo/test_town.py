"""The demo town has a past that adds up, a morning that has just happened, and a life that goes on."""

import random
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q

from accounts.models import User
from chat.models import Conversation, Message
from friends.models import Friendship
from huddl.demo.cast import people
from huddl.demo.life import act_once
from huddl.demo.lines import POSTS, TALKS
from posts.models import Like, Post
from tests.support.people import client_of, types_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(settings: Any) -> dict[str, User]:
    settings.DEMO_MODE = True
    call_command("demo", stdout=StringIO())
    return people()


def counts_are_exact() -> bool:
    for post in Post.objects.all():
        assert post.likes_count == Like.objects.filter(post=post, gone=False).count()
        assert post.comment_count == Post.objects.filter(parent=post).count()
        assert post.answer_count == Post.objects.filter(reply_to_comment=post).count()
    for side in Conversation.objects.all():
        received = Message.objects.filter(sender=side.other, receiver=side.owner, pk__gt=side.read_up_to)
        assert side.unread == received.count()
    return True


def test_the_town_has_a_past_and_a_morning(town: dict[str, User]) -> None:
    assert Post.objects.filter(parent=None).count() == len(POSTS) + 1
    assert counts_are_exact()
    maria = client_of(town["maria"])
    inbox = maria.get("/api/notifications/").data
    assert {"post_like", "post_comment", "wall_post", "comment_reply", "friend_request"} <= {
        row["type"] for row in inbox["results"]
    }
    assert maria.get("/api/messages/conversations/").data[0]["unread_count"] == 3
    assert len(maria.get("/api/posts/").data) > 30
    assert "new_message" in types_of(town["pablo"])


def test_it_is_written_once(town: dict[str, User]) -> None:
    before = (Post.objects.count(), Message.objects.count(), Like.objects.count())
    call_command("demo", stdout=StringIO())
    assert (Post.objects.count(), Message.objects.count(), Like.objects.count()) == before


def test_only_friends_talk_and_comment(town: dict[str, User]) -> None:
    names = {user.pk: name for name, user in town.items()}
    friends = {frozenset((names[row.low_id], names[row.high_id])) for row in Friendship.objects.all()}
    assert all(frozenset((one, other)) in friends for one, other, _, _ in TALKS)


def test_life_goes_on_and_everything_still_adds_up(town: dict[str, User]) -> None:
    chance = random.Random(5)
    done = [act_once(chance, list(people().values())) for _ in range(60)]
    assert sum(bool(one) for one in done) > 40
    words = {one.split(" ", 1)[1].split(" ")[0] for one in done if one}
    assert {"likes", "wrote", "commented"} <= words
    assert counts_are_exact()
    assert not Message.objects.filter(Q(withheld=True)).exists()
