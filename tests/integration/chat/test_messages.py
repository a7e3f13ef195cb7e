"""Messages over REST: sent once, read once, listed in one query, and nothing passes a block."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from chat.models import Message
from tests.support.people import MakePerson, client_of, entries_of, types_of
from tests.support.social import block

pytestmark = pytest.mark.django_db


def send(client: APIClient, to: User, content: str = "hello", **more: Any) -> Any:
    return client.post("/api/messages/", {"receiver_id": to.pk, "content": content, **more}, format="json")


def test_a_message_reaches_its_receiver_and_the_senders_other_devices(maria: User, pablo: User) -> None:
    response = send(client_of(maria), pablo, "Are you coming?", client_id="c1")
    assert response.status_code == 201
    assert response.data["sender"]["username"] == "maria"
    assert response.data["receiver"]["username"] == "pablo"
    assert response.data["is_read"] is False
    (theirs,), (own,) = entries_of(pablo), entries_of(maria)
    assert theirs["type"] == own["type"] == "new_message"
    assert theirs["message"] == own["message"]
    marks = ("is_read", "is_delivered")
    assert theirs["message"] == {name: value for name, value in response.data.items() if name not in marks}
    assert (theirs["text"], theirs["link"]) == ("maria: Are you coming?", "/messages/maria")


@pytest.mark.parametrize("by_header", [False, True])
def test_repeating_a_client_id_gives_the_first_message_and_no_second_event(
    maria: User, pablo: User, by_header: bool
) -> None:
    client = client_of(maria)

    def attempt(content: str) -> Any:
        if by_header:
            body = {"receiver_id": pablo.pk, "content": content}
            return client.post("/api/messages/", body, format="json", headers={"Idempotency-Key": '"k-1"'})
        return send(client, pablo, content, client_id="k-1")

    first, again = attempt("once"), attempt("once, really")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data == first.data
    assert types_of(pablo) == types_of(maria) == ["new_message"]


def test_two_people_may_use_the_same_client_id(maria: User, pablo: User) -> None:
    assert send(client_of(maria), pablo, client_id="1").status_code == 201
    assert send(client_of(pablo), maria, client_id="1").status_code == 201


def test_the_list_shows_the_newest_message_and_what_is_unread(maria: User, pablo: User, ines: User) -> None:
    mine = client_of(maria)
    send(client_of(pablo), maria, "one")
    send(client_of(pablo), maria, "two")
    send(mine, ines, "three")
    rows = mine.get("/api/messages/conversations/").data
    assert [(row["user"]["username"], row["last_message"]["content"], row["unread_count"]) for row in rows] == [
        ("ines", "three", 0),
        ("pablo", "two", 2),
    ]
    assert client_of(ines).get("/api/messages/conversations/").data[0]["unread_count"] == 1


def test_the_list_is_one_query_whatever_its_size(maria: User, person: MakePerson) -> None:
    mine = client_of(maria)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            rows = mine.get("/api/messages/conversations/").data
        assert rows
        return sum("chat_" in query["sql"] for query in captured.captured_queries)

    send(client_of(person("p0")), maria)
    assert queries() == 1
    for number in range(1, 12):
        send(client_of(person(f"p{number}")), maria)
    assert queries() == 1


def test_reading_moves_both_peoples_marks(maria: User, pablo: User) -> None:
    mine, theirs = client_of(maria), client_of(pablo)
    numbers = [send(theirs, maria, f"m{number}").data["id"] for number in range(3)]
    assert mine.patch(f"/api/messages/{numbers[1]}/read/").data["is_read"] is True
    assert [row["is_read"] for row in theirs.get(f"/api/messages/conversation/{maria.pk}/").data] == [True, True, False]
    assert mine.get("/api/messages/conversations/").data[0]["unread_count"] == 1
    assert mine.post(f"/api/messages/conversation/{pablo.pk}/read/").data == {"marked_read": 1}
    assert mine.post(f"/api/messages/conversation/{pablo.pk}/read/").data == {"marked_read": 0}
    for user in (maria, pablo):
        read = [entry for entry in entries_of(user) if entry["type"] == "messages_read"]
        assert [(one["by"], one["with"], one["up_to"], one["unread"]) for one in read] == [
            (maria.pk, pablo.pk, numbers[1], 1),
            (maria.pk, pablo.pk, numbers[2], 0),
        ]


def test_reading_what_is_older_takes_nothing_back(maria: User, pablo: User) -> None:
    mine = client_of(maria)
    numbers = [send(client_of(pablo), maria).data["id"] for _ in range(2)]
    mine.patch(f"/api/messages/{numbers[1]}/read/")
    assert mine.patch(f"/api/messages/{numbers[0]}/read/").status_code == 200
    assert mine.get("/api/messages/conversations/").data[0]["unread_count"] == 0
    assert types_of(maria).count("messages_read") == 1


def test_read_all_reads_one_person_or_everybody(maria: User, pablo: User, ines: User) -> None:
    mine = client_of(maria)
    for sender in (pablo, pablo, ines):
        send(client_of(sender), maria)
    assert mine.post(f"/api/messages/read_all/?user_id={pablo.pk}").data == {"marked_read": 2}
    assert mine.post("/api/messages/read_all/").data == {"marked_read": 1}
    assert mine.post("/api/messages/read_all/?user_id=x").status_code == 400


def test_only_the_receiver_reads(maria: User, pablo: User, ines: User) -> None:
    number = send(client_of(pablo), maria).data["id"]
    theirs, nobodys = (client_of(ines).patch(f"/api/messages/{one}/read/") for one in (number, number + 999))
    own = client_of(pablo).patch(f"/api/messages/{number}/read/")
    assert theirs.status_code == nobodys.status_code == own.status_code == 404
    assert theirs.data == nobodys.data == own.data


def test_history_comes_in_pages_oldest_first(maria: User, pablo: User) -> None:
    mine = client_of(maria)
    numbers = [send(client_of(pablo), maria, f"m{number}").data["id"] for number in range(5)]
    page = mine.get(f"/api/messages/conversation/{pablo.pk}/?limit=2")
    assert [row["id"] for row in page.data] == numbers[3:]
    assert f"before={numbers[3]}" in page["Link"]
    assert [
        row["id"] for row in mine.get(f"/api/messages/conversation/{pablo.pk}/?before={numbers[3]}").data
    ] == numbers[:3]
    assert mine.get("/api/messages/conversation/999999/").data == []


def test_history_is_the_same_number_of_queries_however_long(maria: User, pablo: User) -> None:
    mine, theirs = client_of(maria), client_of(pablo)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            mine.get(f"/api/messages/conversation/{pablo.pk}/")
        return len(captured)

    send(theirs, maria)
    few = queries()
    for _ in range(9):
        send(theirs, maria)
    assert queries() == few <= 5


def test_who_is_blocked_writes_into_the_void_and_cannot_tell(maria: User, pablo: User) -> None:
    theirs = client_of(pablo)
    send(theirs, maria, "before")
    block(maria, pablo)
    before = entries_of(maria)
    response = send(theirs, maria, "after", client_id="x")
    assert response.status_code == 201
    assert send(theirs, maria, "after", client_id="x").status_code == 200
    assert entries_of(maria) == before
    assert [row["content"] for row in theirs.get(f"/api/messages/conversation/{maria.pk}/").data] == ["before", "after"]
    assert theirs.get("/api/messages/conversations/").data[0]["last_message"]["content"] == "after"
    mine = client_of(maria)
    assert [row["content"] for row in mine.get(f"/api/messages/conversation/{pablo.pk}/").data] == ["before"]
    assert mine.get("/api/messages/conversations/").data[0]["last_message"]["content"] == "before"
    assert mine.get("/api/messages/conversations/").data[0]["unread_count"] == 1
    assert mine.patch(f"/api/messages/{response.data['id']}/read/").status_code == 404
    refused = send(mine, pablo)
    assert (refused.status_code, refused.data["code"]) == (400, "blocked_by_you")


@pytest.mark.parametrize("reader_blocks", [True, False])
def test_across_a_block_nobody_learns_what_the_other_reads(maria: User, pablo: User, reader_blocks: bool) -> None:
    send(client_of(pablo), maria, "before")
    block(*((maria, pablo) if reader_blocks else (pablo, maria)))
    before = entries_of(pablo)
    assert client_of(maria).post(f"/api/messages/conversation/{pablo.pk}/read/").data["marked_read"] == 1
    assert types_of(maria)[-1] == "messages_read"
    assert entries_of(pablo) == before
    (shown,) = client_of(pablo).get(f"/api/messages/conversation/{maria.pk}/").data
    assert (shown["is_read"], shown["is_delivered"]) == (False, False)


def test_what_was_withheld_stays_withheld_after_the_block(maria: User, pablo: User) -> None:
    block(maria, pablo)
    send(client_of(pablo), maria, "hidden")
    client_of(maria).delete(f"/api/auth/blocks/{pablo.pk}/")
    send(client_of(pablo), maria, "shown")
    mine = client_of(maria)
    assert [row["content"] for row in mine.get(f"/api/messages/conversation/{pablo.pk}/").data] == ["shown"]
    assert mine.post(f"/api/messages/conversation/{pablo.pk}/read/").data == {"marked_read": 1}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"receiver_id": "x", "content": "a"}, 400),
        ({"receiver_id": 2**63, "content": "a"}, 400),
        ({"receiver_id": [1], "content": "a"}, 400),
        ({"receiver_id": 10**9, "content": "a"}, 404),
        ({"content": ""}, 400),
        ({"content": "   "}, 400),
        ({"content": "x" * 4001}, 400),
        ({"content": None}, 400),
        ({"content": {"a": 1}}, 400),
        ({"content": "x", "client_id": "k" * 101}, 400),
        ({"content": "x", "client_id": ["k"]}, 400),
        ({"content": "e" + "\u0301" * 100_000}, 400),
        ({"content": "👩‍👩‍👧‍👦" * 100, "client_id": None}, 201),
        ({"content": "\u202eright to left <script>alert(1)</script>"}, 201),
    ],
)
def test_what_is_wrong_is_refused_in_words(maria: User, pablo: User, body: dict[str, Any], status: int) -> None:
    asked = {"receiver_id": pablo.pk, **body} if body else body
    response = client_of(maria).post("/api/messages/", asked, format="json")
    assert response.status_code == status, response.data
    if status == 201:
        assert response.data["content"] == asked["content"]
    else:
        assert response["Content-Type"] == "application/problem+json"
        assert not Message.objects.exists()


@pytest.mark.parametrize("raw", [b'{"receiver_id":1,"content":"\\u0000"}', b'{"receiver_id":1,"content":"\\ud800"}'])
def test_text_that_no_database_takes_is_refused(maria: User, raw: bytes) -> None:
    assert client_of(maria).post("/api/messages/", raw, content_type="application/json").status_code == 400


def test_members_that_are_not_the_clients_to_set_are_ignored(maria: User, pablo: User, ines: User) -> None:
    body: dict[str, Any] = {
        "id": 7777,
        "sender": ines.pk,
        "sender_id": ines.pk,
        "is_read": True,
        "created_at": "2001-01-01T00:00:00Z",
    }
    response = send(client_of(maria), pablo, **body, withheld=True, low=1, high=2)
    assert response.data["id"] != 7777
    assert response.data["sender"]["id"] == maria.pk
    assert response.data["is_read"] is False
    assert response.data["created_at"] > "2020"
    assert not Message.objects.get().withheld


def test_nobody_writes_to_themselves(maria: User) -> None:
    assert send(client_of(maria), maria).data["code"] == "to_oneself"
