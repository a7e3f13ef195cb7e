"""Lists are right, and cost the same number of queries however long they are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Block, User
from friends.models import FriendRequest, Friendship
from friends.selectors import are_friends, friend_ids, suggestions
from tests.support.people import MakePerson, client_of

pytestmark = pytest.mark.django_db


def befriend(one: User, other: User) -> None:
    Friendship.between(one, other).save()


@pytest.mark.parametrize(
    "path", ["/api/friends/", "/api/friends/requests/", "/api/friends/requests/sent/", "/api/friends/suggestions/",
             "/api/auth/search/?q=pe", "/api/auth/blocks/"]
)  # fmt: skip
def test_a_longer_list_asks_no_more_queries(maria: User, person: MakePerson, path: str) -> None:
    client = client_of(maria)

    def grow(prefix: str, count: int) -> None:
        for number in range(count):
            befriend(maria, person(f"pe{prefix}f{number}"))
            FriendRequest.objects.create(from_user=person(f"pe{prefix}r{number}"), to_user=maria)
            FriendRequest.objects.create(from_user=maria, to_user=person(f"pe{prefix}s{number}"))
            Block.objects.create(blocker=maria, blocked=person(f"pe{prefix}b{number}"))
            person(f"pe{prefix}x{number}")

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            rows = len(client.get(path).data)
        return len(captured), rows

    grow("a", 1)
    client.get(path)
    few, short = queries()
    grow("b", 4)
    many, long = queries()
    assert long > short
    assert many == few <= 6


def test_friendship_is_the_same_from_both_sides(maria: User, pablo: User, person: MakePerson) -> None:
    kenji = person("kenji")
    befriend(pablo, maria)
    befriend(kenji, maria)
    assert set(friend_ids(maria.pk)) == {pablo.pk, kenji.pk}
    assert set(friend_ids(pablo.pk)) == {maria.pk}
    assert are_friends(maria.pk, pablo.pk)
    assert are_friends(pablo.pk, maria.pk)
    assert not are_friends(kenji.pk, pablo.pk)


def test_friends_of_friends_come_first_by_how_many_one_shares(maria: User, person: MakePerson) -> None:
    first, second, third = person("first"), person("second"), person("third")
    both, one, none = person("both"), person("one"), person("none")
    for friend in (first, second, third):
        befriend(maria, friend)
    befriend(both, first)
    befriend(both, second)
    befriend(one, third)
    befriend(first, second)
    found = suggestions(maria)
    assert [(suggestion.user.username, suggestion.mutual) for suggestion in found] == [
        ("both", 2),
        ("one", 1),
        ("none", 0),
    ]
    assert none.pk not in set(friend_ids(maria.pk))


def test_nobody_is_suggested_whom_one_knows_asked_blocked_or_fears(maria: User, person: MakePerson) -> None:
    friend = person("friend")
    befriend(maria, friend)
    asked, asking, declined = person("asked"), person("asking"), person("declined")
    blocked, blocker, closed = person("blocked"), person("blocker"), person("closed", is_active=False)
    for other in (asked, asking, declined, blocked, blocker, closed):
        befriend(friend, other)
    FriendRequest.objects.create(from_user=maria, to_user=asked)
    FriendRequest.objects.create(from_user=asking, to_user=maria)
    FriendRequest.objects.create(from_user=declined, to_user=maria, state=FriendRequest.State.UNANSWERED)
    Block.objects.create(blocker=maria, blocked=blocked)
    Block.objects.create(blocker=blocker, blocked=maria)
    assert suggestions(maria) == []


def test_at_most_twenty_are_suggested(maria: User, person: MakePerson) -> None:
    friend = person("friend")
    befriend(maria, friend)
    for number in range(15):
        befriend(friend, person(f"near{number}"))
        person(f"far{number}")
    found = suggestions(maria)
    assert len(found) == 20
    assert [suggestion.mutual for suggestion in found] == [1] * 15 + [0] * 5
    assert len({suggestion.user.pk for suggestion in found}) == 20
