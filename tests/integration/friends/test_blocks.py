"""A block keeps somebody out without telling them."""

import pytest

from accounts.models import Block, User
from friends.models import FriendRequest, Friendship
from tests.support.people import client_of, entries_of, types_of

pytestmark = pytest.mark.django_db


def make_friends(one: User, other: User) -> None:
    number = client_of(one).post(f"/api/friends/request/{other.pk}/").data["request"]["id"]
    client_of(other).post(f"/api/friends/accept/{number}/")


def test_a_block_ends_the_friendship_like_any_other_end(maria: User, pablo: User) -> None:
    make_friends(maria, pablo)
    response = client_of(maria).post(f"/api/auth/blocks/{pablo.pk}/")
    assert (response.status_code, response.data["username"]) == (201, "pablo")
    assert not Friendship.objects.exists()
    assert entries_of(pablo)[-1]["type"] == "friend_removed"
    assert types_of(maria)[-1] == "person_blocked"
    assert [row["username"] for row in client_of(maria).get("/api/auth/blocks/").data] == ["pablo"]
    assert client_of(pablo).get("/api/auth/blocks/").data == []


def test_blocking_twice_is_blocking_once(maria: User, pablo: User) -> None:
    client = client_of(maria)
    assert client.post(f"/api/auth/blocks/{pablo.pk}/").status_code == 201
    assert client.post(f"/api/auth/blocks/{pablo.pk}/").status_code == 201
    assert Block.objects.count() == 1
    assert types_of(maria) == ["person_blocked"]
    assert types_of(pablo) == []


def test_a_blocked_person_who_asks_cannot_tell(maria: User, pablo: User) -> None:
    client_of(maria).post(f"/api/auth/blocks/{pablo.pk}/")
    client = client_of(pablo)
    response = client.post(f"/api/friends/request/{maria.pk}/")
    assert response.status_code == 201
    assert response.data["message"] == "Friend request sent to maria."
    assert [row["to_user"]["username"] for row in client.get("/api/friends/requests/sent/").data] == ["maria"]
    assert client.post(f"/api/friends/request/{maria.pk}/").data["code"] == "already_requested"
    assert client.get("/api/auth/users/maria/").status_code == 200
    assert client_of(maria).get("/api/friends/requests/").data == []
    assert types_of(maria) == ["person_blocked"]
    number = response.data["request"]["id"]
    assert client_of(maria).post(f"/api/friends/accept/{number}/").status_code == 404
    assert client.delete(f"/api/friends/cancel/{maria.pk}/").status_code == 204
    assert types_of(maria) == ["person_blocked"]


def test_a_request_from_somebody_who_is_then_blocked_stays_as_it_was_for_them(maria: User, pablo: User) -> None:
    client_of(pablo).post(f"/api/friends/request/{maria.pk}/")
    before = client_of(pablo).get("/api/friends/requests/sent/").data
    client_of(maria).post(f"/api/auth/blocks/{pablo.pk}/")
    assert client_of(pablo).get("/api/friends/requests/sent/").data == before
    assert client_of(maria).get("/api/friends/requests/").data == []
    assert types_of(pablo) == ["friend_request_sent"]


def test_a_request_to_somebody_whom_one_blocks_is_taken_back(maria: User, pablo: User) -> None:
    client_of(maria).post(f"/api/friends/request/{pablo.pk}/")
    client_of(maria).post(f"/api/auth/blocks/{pablo.pk}/")
    assert not FriendRequest.objects.exists()
    assert types_of(pablo) == ["friend_request", "friend_request_cancelled"]
    assert client_of(maria).get("/api/friends/requests/sent/").data == []


def test_whoever_blocks_must_unblock_before_asking(maria: User, pablo: User) -> None:
    client = client_of(maria)
    client.post(f"/api/auth/blocks/{pablo.pk}/")
    refused = client.post(f"/api/friends/request/{pablo.pk}/")
    assert (refused.status_code, refused.data["code"]) == (400, "blocked_by_you")
    assert client.delete(f"/api/auth/blocks/{pablo.pk}/").status_code == 204
    assert client.post(f"/api/friends/request/{pablo.pk}/").status_code == 201


def test_after_the_block_is_lifted_the_other_may_ask_again(maria: User, pablo: User) -> None:
    client_of(maria).post(f"/api/auth/blocks/{pablo.pk}/")
    client_of(pablo).post(f"/api/friends/request/{maria.pk}/")
    client_of(maria).delete(f"/api/auth/blocks/{pablo.pk}/")
    assert client_of(maria).get("/api/friends/requests/").data == []
    assert client_of(pablo).post(f"/api/friends/request/{maria.pk}/").status_code == 201
    assert [row["from_user"]["username"] for row in client_of(maria).get("/api/friends/requests/").data] == ["pablo"]


def test_lifting_a_block_that_is_none_is_done_already(maria: User, pablo: User) -> None:
    assert client_of(maria).delete(f"/api/auth/blocks/{pablo.pk}/").status_code == 204
    assert client_of(maria).delete("/api/auth/blocks/999999/").status_code == 204
    assert types_of(maria) == []


def test_nobody_blocks_themselves_or_somebody_who_is_not(maria: User) -> None:
    assert client_of(maria).post(f"/api/auth/blocks/{maria.pk}/").status_code == 400
    assert client_of(maria).post("/api/auth/blocks/999999/").status_code == 404
