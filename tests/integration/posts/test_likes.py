"""Likes: exact under concurrency, told without flooding, taken back without a trace."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from posts.actions import like as liking
from posts.actions.like import like
from posts.models import Like, Post
from streams.bus import Whisper, current_bus
from streams.models import Job
from tests.support.people import client_of, entries_of, make_person, types_of
from tests.support.social import at_once, block, do_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maria() -> User:
    return make_person("maria")


@pytest.fixture
def pablo() -> User:
    return make_person("pablo")


@pytest.fixture
def post(maria: User) -> Post:
    return Post.objects.create(author=maria, content="hello")


def news(user: User) -> list[dict[str, Any]]:
    return [one for one in entries_of(user) if one["type"] in ("post_like", "post_unlike")]


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def test_a_like_by_a_clock_that_is_a_day_ahead_closes_the_window_for_three_seconds_only(
    maria: User, pablo: User, post: Post
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        like(actor=pablo, post_id=post.pk)
    like(actor=make_person("ines"), post_id=post.pk)
    waiting = Job.objects.get(kind="posts.tell_likes")
    assert waiting.due_at <= timezone.now() + liking.WINDOW


def open_window(post: Post) -> None:
    """Three seconds pass."""
    Post.objects.filter(pk=post.pk).update(likes_told_at=timezone.now() - timedelta(seconds=4))


def test_each_action_is_idempotent_and_none_toggles(pablo: User, maria: User, post: Post) -> None:
    client = client_of(pablo)

    def act(**body: str) -> tuple[int, bool]:
        shown = client.post(f"/api/posts/{post.pk}/like/", body, format="json").data
        return shown["likes_count"], shown["is_liked"]

    assert [act(action="like"), act(action="like")] == [(1, True), (1, True)]
    assert [act(action="unlike"), act(action="unlike")] == [(0, False), (0, False)]
    assert [act(), act(), act()] == [(1, True), (0, False), (1, True)]
    bad = client.post(f"/api/posts/{post.pk}/like/", {"action": "love"}, format="json")
    assert bad.status_code == 400


def test_two_hundred_likes_and_unlikes_at_once_end_with_the_right_number(maria: User, post: Post) -> None:
    people = [make_person(f"p{number}") for number in range(10)]
    chance = random.Random(7)
    plans = [(user, [chance.choice(["like", "unlike", None]) for _ in range(14)]) for user in [*people, *people[:4]]]

    def act(user: User, actions: list[Any]) -> None:
        for action in actions:
            like(actor=user, post_id=post.pk, action=action)

    outcomes = at_once(*(lambda plan=plan: act(*plan) for plan in plans))
    assert sum(len(actions) for _, actions in plans) == 196
    assert outcomes == [None] * 14
    row = fresh(post)
    assert row.likes_count == Like.objects.filter(post=post, gone=False).count()
    do_jobs()
    row = fresh(post)
    assert row.likes_count == Like.objects.filter(post=post).count()
    assert not row.likes_waiting
    assert folded(maria) == set(Like.objects.filter(post=post).values_list("user_id", flat=True))


def folded(author: User) -> set[int]:
    """Who likes the post, by nothing but what its author was told."""
    known: set[int] = set()
    for entry in news(author):
        if entry["type"] == "post_like":
            assert entry.get("more", 0) == 0 or len(entry["people"]) == liking.MOST_NAMED
            known |= {person["id"] for person in entry["people"]}
        else:
            known -= set(entry["user_ids"])
    return known


def test_the_author_hears_of_the_first_at_once_and_of_the_rest_in_one(maria: User, post: Post) -> None:
    people = [make_person(f"p{number}") for number in range(14)]
    for user in people:
        like(actor=user, post_id=post.pk, action="like")
    (first,) = news(maria)
    assert (first["from_user"]["username"], first["likes"], first["text"]) == ("p0", 1, "p0 liked your post")
    assert do_jobs() == 1
    _, rest = news(maria)
    assert (rest["from_user"]["username"], rest["likes"], rest["more"]) == ("p13", 14, 3)
    assert rest["text"] == "p13 and 12 others liked your post"
    assert do_jobs() == 0


def test_the_job_may_run_twice(maria: User, pablo: User, post: Post) -> None:
    like(actor=make_person("p0"), post_id=post.pk)
    like(actor=pablo, post_id=post.pk)
    liking.tell_likes(post_id=post.pk)
    liking.tell_likes(post_id=post.pk)
    assert len(news(maria)) == 2


@pytest.mark.parametrize("author_blocks", [True, False])
def test_a_like_that_waits_to_be_told_when_a_block_comes_is_a_number_and_no_name(
    maria: User, pablo: User, post: Post, author_blocks: bool
) -> None:
    ines = make_person("ines")
    for user in (make_person("p0"), pablo, ines):
        like(actor=user, post_id=post.pk)
    block(*((maria, pablo) if author_blocks else (pablo, maria)))
    do_jobs()
    told = news(maria)[-1]
    assert (told["type"], told["text"], told["likes"], told["more"]) == ("post_like", "ines liked your post", 3, 0)


def test_when_only_those_across_a_block_have_liked_the_author_is_told_how_many_it_is(
    maria: User, pablo: User, post: Post
) -> None:
    like(actor=make_person("p0"), post_id=post.pk)
    like(actor=pablo, post_id=post.pk)
    block(maria, pablo)
    do_jobs()
    told = news(maria)[-1]
    assert (told["type"], told["user_ids"], told["likes"]) == ("post_unlike", [], 2)
    assert [row["count"] for row in client_of(maria).get("/api/notifications/").data["results"]] == [1]
    assert do_jobs() == 0


def test_after_the_window_the_author_hears_at_once_again(maria: User, pablo: User, post: Post) -> None:
    like(actor=make_person("p0"), post_id=post.pk)
    open_window(post)
    like(actor=pablo, post_id=post.pk)
    assert len(news(maria)) == 2


def test_a_like_taken_back_before_anybody_was_told_never_happened(maria: User, pablo: User, post: Post) -> None:
    like(actor=make_person("p0"), post_id=post.pk)
    like(actor=pablo, post_id=post.pk, action="like")
    like(actor=pablo, post_id=post.pk, action="unlike")
    do_jobs()
    assert len(news(maria)) == 1
    assert not Like.objects.filter(user=pablo).exists()


@pytest.mark.parametrize("within", [True, False])
def test_unlike_takes_the_notification_back(maria: User, pablo: User, post: Post, within: bool) -> None:
    like(actor=pablo, post_id=post.pk)
    mine = client_of(maria)
    assert mine.get("/api/notifications/").data["unread"] == 1
    if not within:
        open_window(post)
    like(actor=pablo, post_id=post.pk, action="unlike")
    assert fresh(post).likes_count == 0
    do_jobs()
    inbox = mine.get("/api/notifications/").data
    assert (inbox["unread"], inbox["results"]) == (0, [])
    assert news(maria)[-1]["user_ids"] == [pablo.pk]


def test_a_change_of_mind_within_the_window_tells_nobody(maria: User, pablo: User, post: Post) -> None:
    for action in ("like", "unlike", "like", "unlike", "like"):
        like(actor=pablo, post_id=post.pk, action=action)
    do_jobs()
    assert [one["type"] for one in news(maria)] == ["post_like"]
    assert fresh(post).likes_count == 1


def test_nobody_is_told_of_their_own_like(maria: User, post: Post) -> None:
    like(actor=maria, post_id=post.pk)
    like(actor=maria, post_id=post.pk)
    assert do_jobs() == 0
    assert types_of(maria) == ["like_changed", "like_changed"]


def test_who_likes_sees_it_on_their_other_devices(pablo: User, maria: User, post: Post) -> None:
    like(actor=pablo, post_id=post.pk)
    (entry,) = entries_of(pablo)
    assert (entry["type"], entry["liked"], entry["likes"], entry["version"]) == ("like_changed", True, 1, 1)


def test_watchers_are_told_the_counts_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, maria: User, pablo: User, post: Post
) -> None:
    sent: list[Whisper] = []

    def publish(bus: object, signals: Sequence[object]) -> int:
        sent.extend(signal for signal in signals if isinstance(signal, Whisper))
        return 0

    monkeypatch.setattr(type(current_bus()), "publish", publish)
    like(actor=pablo, post_id=post.pk)
    client_of(pablo).post("/api/posts/", {"content": "nice", "parent_id": post.pk}, format="json")
    assert [one.topic for one in sent] == [f"post:{post.pk}"] * 2
    assert [json.loads(one.frame) for one in sent] == [
        {"type": "post_activity", "post_id": post.pk, "likes": 1, "comments": 0, "version": 1},
        {"type": "post_activity", "post_id": post.pk, "likes": 1, "comments": 1, "version": 2},
    ]
