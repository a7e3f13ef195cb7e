"""Asking, answering, taking back: what each does to both people's lists and streams."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from friends.models import FriendRequest, Friendship
from tests.support.people import MakePerson, client_of, entries_of, types_of

pytestmark = pytest.mark.django_db


def ask(sender: User, to: User) -> int:
    response = client_of(sender).post(f"/api/friends/request/{to.pk}/")
    assert response.status_code == 201, response.data
    number: int = response.data["request"]["id"]
    return number


def names(client: APIClient, path: str, member: str | None = None) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return [row[member]["username"] if member else row["username"] for row in response.data]


def test_a_request_stands_in_both_lists_and_tells_the_one_asked(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    received = client_of(maria).get("/api/friends/requests/")
    (row,) = received.data
    assert row["id"] == number
    assert row["from_user"].items() >= {
        "id": pablo.pk, "username": "pablo", "first_name": "Pablo", "last_name": "Lind"
    }.items()  # fmt: skip
    (sent,) = client_of(pablo).get("/api/friends/requests/sent/").data
    assert (sent["id"], sent["to_user"]["username"]) == (number, "maria")
    (entry,) = entries_of(maria)
    assert (entry["type"], entry["request_id"], entry["from_user"]["username"]) == ("friend_request", number, "pablo")
    assert entry["text"] == "pablo wants to be your friend"
    assert types_of(pablo) == ["friend_request_sent"]


def test_accepting_makes_friends_and_tells_the_sender(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    response = client_of(maria).post(f"/api/friends/accept/{number}/")
    assert response.status_code == 201
    person = {"id": pablo.pk, "username": "pablo", "first_name": "Pablo", "last_name": "Lind"}
    assert response.data == {**person, "message": "You and pablo are friends now.", "friend": person}
    assert names(client_of(maria), "/api/friends/") == ["pablo"]
    assert names(client_of(pablo), "/api/friends/") == ["maria"]
    assert names(client_of(maria), "/api/friends/requests/") == []
    assert names(client_of(pablo), "/api/friends/requests/sent/") == []
    accepted = entries_of(pablo)[-1]
    assert (accepted["type"], accepted["from_user"]["username"]) == ("friend_accepted", "maria")
    assert (accepted["text"], accepted["link"]) == ("maria accepted your friend request", "/people/maria")
    assert types_of(maria) == ["friend_request", "friend_added"]


def test_accepting_again_says_the_same_and_tells_nobody(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    first = client_of(maria).post(f"/api/friends/accept/{number}/")
    again = client_of(maria).post(f"/api/friends/accept/{number}/")
    assert (again.status_code, again.data) == (200, first.data)
    assert types_of(pablo) == ["friend_request_sent", "friend_accepted"]
    assert types_of(maria) == ["friend_request", "friend_added"]


def test_requests_that_cross_make_friends(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    response = client_of(maria).post(f"/api/friends/request/{pablo.pk}/")
    assert response.status_code == 201
    assert (response.data["request"], response.data["friend"]["username"]) == (None, "pablo")
    assert Friendship.objects.count() == 1
    assert not FriendRequest.objects.exists()
    assert types_of(pablo) == ["friend_request_sent", "friend_accepted"]
    assert types_of(maria) == ["friend_request", "friend_added"]
    assert client_of(maria).post(f"/api/friends/accept/{number}/").status_code == 200


def test_a_declined_request_leaves_both_lists_without_a_word(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    assert client_of(maria).post(f"/api/friends/decline/{number}/").status_code == 200
    assert names(client_of(maria), "/api/friends/requests/") == []
    assert names(client_of(pablo), "/api/friends/requests/sent/", "to_user") == []
    assert types_of(pablo) == ["friend_request_sent", "friend_request_withdrawn"]
    assert types_of(maria) == ["friend_request", "friend_request_declined"]
    assert client_of(maria).post(f"/api/friends/decline/{number}/").status_code == 404
    assert client_of(maria).post(f"/api/friends/accept/{number}/").status_code == 404


def test_after_a_decline_one_may_ask_again(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    client_of(maria).post(f"/api/friends/decline/{number}/")
    again = ask(pablo, maria)
    assert again != number
    assert [row["id"] for row in client_of(maria).get("/api/friends/requests/").data] == [again]
    assert [row["id"] for row in client_of(pablo).get("/api/friends/requests/sent/").data] == [again]


def test_whoever_declined_may_still_ask_themselves(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    client_of(maria).post(f"/api/friends/decline/{number}/")
    ask(maria, pablo)
    assert types_of(pablo)[-1] == "friend_request"


def test_a_request_taken_back_is_gone_on_both_sides(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    assert client_of(pablo).delete(f"/api/friends/cancel/{maria.pk}/").status_code == 204
    assert names(client_of(maria), "/api/friends/requests/") == []
    assert names(client_of(pablo), "/api/friends/requests/sent/") == []
    cancelled = entries_of(maria)[-1]
    assert (cancelled["type"], cancelled["request_id"]) == ("friend_request_cancelled", number)
    assert types_of(pablo) == ["friend_request_sent", "friend_request_withdrawn"]
    assert client_of(maria).post(f"/api/friends/accept/{number}/").status_code == 404
    assert client_of(pablo).delete(f"/api/friends/cancel/{maria.pk}/").status_code == 404


def test_taking_back_what_was_declined_tells_the_decliner_nothing(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    client_of(maria).post(f"/api/friends/decline/{number}/")
    client_of(pablo).delete(f"/api/friends/cancel/{maria.pk}/")
    assert types_of(maria) == ["friend_request", "friend_request_declined"]


def test_a_friendship_can_end(maria: User, pablo: User) -> None:
    number = ask(pablo, maria)
    client_of(maria).post(f"/api/friends/accept/{number}/")
    assert client_of(maria).delete(f"/api/friends/remove/{pablo.pk}/").status_code == 200
    assert names(client_of(maria), "/api/friends/") == names(client_of(pablo), "/api/friends/") == []
    assert entries_of(pablo)[-1]["type"] == "friend_removed"
    assert entries_of(pablo)[-1]["from_user"]["username"] == "maria"
    assert types_of(maria)[-1] == "friend_dropped"
    assert client_of(maria).delete(f"/api/friends/remove/{pablo.pk}/").status_code == 404
    assert client_of(maria).post(f"/api/friends/accept/{number}/").status_code == 404


def test_what_cannot_be_asked_is_refused_in_words(maria: User, pablo: User) -> None:
    client = client_of(pablo)

    def refused(user_id: int) -> tuple[int, str]:
        response = client.post(f"/api/friends/request/{user_id}/")
        assert response["Content-Type"] == "application/problem+json"
        return response.status_code, response.data["code"]

    assert refused(pablo.pk) == (400, "to_oneself")
    assert refused(10**9) == (404, "not_found")
    number = ask(pablo, maria)
    assert refused(maria.pk) == (400, "already_requested")
    client_of(maria).post(f"/api/friends/accept/{number}/")
    assert refused(maria.pk) == (400, "already_friends")
    assert types_of(maria) == ["friend_request", "friend_added"]


def test_a_closed_account_cannot_be_asked(maria: User, pablo: User) -> None:
    maria.is_active = False
    maria.save()
    assert client_of(pablo).post(f"/api/friends/request/{maria.pk}/").status_code == 404


@pytest.mark.parametrize("call", ["accept", "decline"])
def test_somebody_elses_request_is_like_none(maria: User, pablo: User, person: MakePerson, call: str) -> None:
    number = ask(pablo, maria)
    stranger = person("kenji")
    theirs = client_of(stranger).post(f"/api/friends/{call}/{number}/")
    nobodys = client_of(stranger).post(f"/api/friends/{call}/{number + 1000}/")
    own = client_of(pablo).post(f"/api/friends/{call}/{number}/")
    assert theirs.status_code == nobodys.status_code == own.status_code == 404
    assert theirs.data == nobodys.data == own.data


@pytest.mark.parametrize(
    "path",
    [
        "accept/99999999999999999999/",
        "accept/9223372036854775808/",
        "request/" + "9" * 5_000 + "/",
        "cancel/-1/",
        "remove/abc/",
        "decline/%00/",
        "request/%ED%A0%80/",
        "request/1.5/",
    ],
)
def test_ids_that_nobody_can_have_are_not_found(maria: User, path: str) -> None:
    client = client_of(maria)
    method = client.delete if path.startswith(("cancel", "remove")) else client.post
    response = method(f"/api/friends/{path}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")


def test_lists_carry_the_cursor_they_were_read_at(maria: User, pablo: User) -> None:
    ask(pablo, maria)
    client = client_of(maria)
    for path in ("", "requests/", "requests/sent/", "suggestions/"):
        assert client.get(f"/api/friends/{path}")["Stream-Cursor"].endswith(".1")


def test_lists_come_in_pages_when_asked(maria: User, person: MakePerson) -> None:
    numbers = [ask(person(f"p{number}"), maria) for number in range(5)]
    client = client_of(maria)
    first = client.get("/api/friends/requests/?limit=2")
    assert [row["id"] for row in first.data] == [numbers[4], numbers[3]]
    address = first["Link"].split(">")[0].lstrip("<")
    second = client.get(address)
    assert [row["id"] for row in second.data] == [numbers[2], numbers[1]]
    third = client.get(second["Link"].split(">")[0].lstrip("<"))
    assert [row["id"] for row in third.data] == [numbers[0]]
    assert "Link" not in third
    for wrong in ("limit=0", "limit=x", "before=-1", "before=99999999999999999999", "limit=1.5"):
        assert client.get(f"/api/friends/requests/?{wrong}").status_code == 400
