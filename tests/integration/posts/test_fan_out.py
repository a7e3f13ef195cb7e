"""A post by somebody with many friends: told by jobs, in chunks, each friend once, whatever dies in between."""

import pytest
from django.db import connection

from accounts.models import User
from friends.models import Friendship
from posts import fan_out
from posts.models import FanOut
from posts.topics import may_watch
from streams.models import Job
from tests.support.people import client_of, entries_of, make_person, types_of
from tests.support.social import at_once, befriend, block, do_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def author() -> User:
    return make_person("maria")


def crowd(author: User, count: int) -> list[User]:
    made = User.objects.bulk_create(
        User(username=f"f{number}", email=f"f{number}@example.com") for number in range(count)
    )
    Friendship.objects.bulk_create(Friendship.between(author, friend) for friend in made)
    return made


def told() -> dict[int, int]:
    """How many times each person was told of a new post."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stream_id, COUNT(*) FROM streams_entry WHERE type = 'new_post' GROUP BY stream_id")
        return dict(cursor.fetchall())


def publish(author: User) -> int:
    response = client_of(author).post("/api/posts/", {"content": "to everybody"}, format="json")
    number: int = response.data["id"]
    return number


def test_few_friends_are_told_in_the_request(author: User) -> None:
    friends = crowd(author, 3)
    publish(author)
    assert not Job.objects.filter(kind="posts.fan_out").exists()
    assert told() == {user.pk: 1 for user in [author, *friends]}


def test_many_friends_are_told_by_jobs_each_once(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 5)
    monkeypatch.setattr(fan_out, "CHUNK", 4)
    friends = crowd(author, 11)
    publish(author)
    assert told() == {author.pk: 1}
    assert do_jobs() == 3
    assert told() == {user.pk: 1 for user in [author, *friends]}
    assert not FanOut.objects.exists()


def test_a_chunk_that_runs_twice_tells_once(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 5)
    monkeypatch.setattr(fan_out, "CHUNK", 4)
    friends = crowd(author, 11)
    publish(author)
    while (job := Job.objects.filter(kind="posts.fan_out").order_by("pk").first()) is not None:
        call = lambda job=job: fan_out.fan_out(**job.arguments)  # noqa: E731 (as two workers do when a lease ran out)
        assert at_once(call, call) == [None, None]
        job.delete()
    assert told() == {user.pk: 1 for user in [author, *friends]}


def test_a_chunk_that_dies_before_its_commit_has_told_nobody(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 2)
    monkeypatch.setattr(fan_out, "CHUNK", 4)
    friends = crowd(author, 6)
    publish(author)
    job = Job.objects.get(kind="posts.fan_out")

    class Killed(BaseException):
        """As good as kill -9: nothing catches it."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr("streams.record._append", die)
        with pytest.raises(Killed):
            fan_out.fan_out(**job.arguments)
    assert told() == {author.pk: 1}
    do_jobs()
    assert told() == {user.pk: 1 for user in [author, *friends]}


def test_a_post_that_is_gone_is_told_to_nobody_more(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 2)
    friends = crowd(author, 6)
    number = publish(author)
    client_of(author).delete(f"/api/posts/{number}/")
    do_jobs()
    assert told() == {author.pk: 1}
    assert types_of(friends[0]) == ["post_deleted"]


def test_friends_whom_the_walls_owner_blocks_are_not_told(author: User) -> None:
    owner, friend, other = make_person("pablo"), make_person("ines"), make_person("kenji")
    for one in (friend, other, owner):
        befriend(author, one)
    block(owner, friend)
    client_of(author).post("/api/posts/", {"content": "hi", "target_profile_id": owner.pk}, format="json")
    assert types_of(friend) == []
    assert types_of(other) == ["new_post"]
    assert [entry["type"] for entry in entries_of(owner)][-1] == "wall_post"


def test_only_who_may_see_a_post_may_watch_it(author: User) -> None:
    friend, stranger = make_person("pablo"), make_person("ines")
    befriend(author, friend)
    client = client_of(author)
    body = {"content": "x", "visibility": "friends"}
    number = str(client.post("/api/posts/", body, format="json").data["id"])
    asked = [number, "999999", "abc", "٣", "9" * 40, ""]
    assert may_watch(friend.pk, asked) == may_watch(author.pk, asked) == {number}
    assert may_watch(stranger.pk, asked) == set()
