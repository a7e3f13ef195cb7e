"""The inbox: rows that group, marks that follow to other devices, and wishes that are heeded."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications import views
from notifications.models import InboxRow
from posts.actions.comment import comment
from posts.actions.like import like
from posts.actions.publish import publish
from posts.models import Post
from streams.read import cursor_of
from streams.record import number_pending
from tests.support.people import MakePerson, client_of, entries_of, types_of
from tests.support.social import befriend, do_jobs

pytestmark = pytest.mark.django_db


def inbox(user: User, query: str = "") -> dict[str, Any]:
    response = client_of(user).get(f"/api/notifications/{query}")
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.data
    return answer


def texts(user: User, query: str = "") -> list[str]:
    return [row["text"] for row in inbox(user, query)["results"]]


def say(user: User, call: str, **body: Any) -> Any:
    response = client_of(user).post(f"/api/notifications/{call}/", body, format="json")
    assert response.status_code == 200, response.data
    return response.data


@pytest.fixture
def post(maria: User) -> Post:
    return publish(actor=maria, content="hello")


def likes(post: Post, *people: User) -> None:
    for user in people:
        Post.objects.filter(pk=post.pk).update(likes_told_at=None)
        like(actor=user, post_id=post.pk, action="like")


def test_rows_of_one_type_and_target_are_one_row(maria: User, post: Post, person: MakePerson) -> None:
    for number, expected in enumerate(
        ["p0 liked your post", "p1 and p0 liked your post", "p2 and 2 others liked your post"]
    ):
        likes(post, person(f"p{number}"))
        assert texts(maria) == [expected]
    comment(actor=person("kenji"), parent_id=post.pk, content="nice")
    answer = inbox(maria)
    assert [row["type"] for row in answer["results"]] == ["post_comment", "post_like"]
    assert (answer["unread"], answer["unseen"]) == (2, 2)
    row = answer["results"][1]
    assert (row["count"], [actor["username"] for actor in row["actors"]]) == (3, ["p2", "p1", "p0"])
    assert (row["target"], row["link"]) == (f"post:{post.pk}", f"/posts/{post.pk}")


def test_a_row_keeps_its_name_while_it_grows(maria: User, pablo: User, ines: User, post: Post) -> None:
    likes(post, pablo)
    (before,) = inbox(maria)["results"]
    likes(post, ines)
    (after,) = inbox(maria)["results"]
    assert after["id"] == before["id"]
    assert after["seq"] > before["seq"]


def test_what_comes_after_reading_begins_a_new_row(maria: User, pablo: User, ines: User, post: Post) -> None:
    likes(post, pablo)
    say(maria, "read")
    likes(post, ines)
    assert texts(maria) == ["ines liked your post", "pablo liked your post"]
    assert inbox(maria)["unread"] == 1


def test_what_comes_after_seeing_is_unseen_again(maria: User, pablo: User, ines: User, post: Post) -> None:
    likes(post, pablo)
    assert say(maria, "seen") == {"unread": 1, "unseen": 0}
    likes(post, ines)
    assert (inbox(maria)["unread"], inbox(maria)["unseen"]) == (1, 1)


def test_rows_move_along_and_back_and_every_device_hears_of_it(maria: User, pablo: User, post: Post) -> None:
    likes(post, pablo)
    comment(actor=pablo, parent_id=post.pk, content="nice")
    newer, older = inbox(maria)["results"]
    assert say(maria, "read", ids=[older["id"]]) == {"unread": 1, "unseen": 1}
    assert say(maria, "unread", ids=[older["id"]]) == {"unread": 2, "unseen": 1}
    assert say(maria, "archive", ids=[newer["id"], 10**9]) == {"unread": 1, "unseen": 0}
    assert [row["id"] for row in inbox(maria)["results"]] == [older["id"]]
    assert [row["id"] for row in inbox(maria, "?archived=true")["results"]] == [newer["id"]]
    say(maria, "unarchive", ids=[newer["id"]])
    assert [row["id"] for row in inbox(maria)["results"]] == [newer["id"], older["id"]]
    said = [entry for entry in entries_of(maria) if entry["type"] == "notifications_read"]
    assert [(one["state"], one["ids"], one["unread"]) for one in said] == [
        ("read", [older["id"]], 1),
        ("unread", [older["id"]], 2),
        ("archived", [newer["id"], 10**9], 1),
        ("unarchived", [newer["id"]], 1),
    ]


def test_reading_up_to_a_number_spares_what_came_after(maria: User, pablo: User, ines: User, post: Post) -> None:
    comment(actor=pablo, parent_id=post.pk, content="nice")
    likes(post, pablo)
    up_to = inbox(maria)["results"][0]["seq"]
    comment(actor=ines, parent_id=post.pk, content="indeed")
    assert say(maria, "read", up_to=up_to) == {"unread": 1, "unseen": 1}
    assert [(row["type"], row["read"]) for row in inbox(maria)["results"]] == [
        ("post_comment", False),
        ("post_like", True),
    ]


def test_what_changes_nothing_is_told_to_nobody(maria: User, pablo: User, post: Post) -> None:
    likes(post, pablo)
    for _ in range(2):
        say(maria, "read")
    assert types_of(maria).count("notifications_read") == 1


def test_somebody_elses_rows_are_untouched(maria: User, pablo: User, post: Post) -> None:
    likes(post, pablo)
    (row,) = inbox(maria)["results"]
    say(pablo, "read", ids=[row["id"]])
    assert inbox(maria)["unread"] == 1


def test_an_answered_request_asks_for_nothing_any_more(maria: User, pablo: User, ines: User) -> None:
    numbers = {}
    for user in (pablo, ines):
        response = client_of(user).post(f"/api/friends/request/{maria.pk}/")
        numbers[user.pk] = response.data["request"]["id"]
    assert texts(maria, "?filter=requests") == ["ines wants to be your friend", "pablo wants to be your friend"]
    client_of(maria).post(f"/api/friends/accept/{numbers[pablo.pk]}/")
    client_of(maria).post(f"/api/friends/decline/{numbers[ines.pk]}/")
    assert inbox(maria)["unread"] == 0
    assert texts(pablo) == ["maria accepted your friend request"]


def test_a_request_taken_back_leaves_no_row(maria: User, pablo: User) -> None:
    client_of(pablo).post(f"/api/friends/request/{maria.pk}/")
    client_of(pablo).delete(f"/api/friends/cancel/{maria.pk}/")
    assert inbox(maria)["results"] == []


def test_the_mentions_filter_shows_mentions(maria: User, pablo: User, ines: User, post: Post) -> None:
    comment(actor=pablo, parent_id=post.pk, content="@ines look")
    comment(actor=ines, parent_id=post.pk, content="I see")
    befriend(pablo, ines)
    publish(actor=pablo, content="@ines again")
    assert texts(ines, "?filter=mentions") == texts(ines) == ["pablo mentioned you", "pablo mentioned you"]
    assert texts(maria, "?filter=mentions") == []
    assert client_of(maria).get("/api/notifications/?filter=x").status_code == 400


def test_a_deleted_comment_takes_its_notification_with_it(maria: User, pablo: User, post: Post) -> None:
    first = comment(actor=pablo, parent_id=post.pk, content="one")
    second = comment(actor=pablo, parent_id=post.pk, content="two")
    client_of(pablo).delete(f"/api/posts/{first.pk}/")
    assert texts(maria) == ["pablo commented on your post"]
    client_of(pablo).delete(f"/api/posts/{second.pk}/")
    assert inbox(maria)["results"] == []


def test_messages_have_a_place_of_their_own(maria: User, pablo: User) -> None:
    client_of(pablo).post("/api/messages/", {"receiver_id": maria.pk, "content": "hi"}, format="json")
    assert inbox(maria)["results"] == []


def test_a_muted_person_makes_no_row_but_their_entry_stays(maria: User, pablo: User, post: Post) -> None:
    client = client_of(maria)
    assert client.put(f"/api/notifications/muted/people/{pablo.pk}/").data["muted_people"] == [pablo.pk]
    likes(post, pablo)
    assert inbox(maria)["results"] == []
    entry = entries_of(maria)[-1]
    assert (entry["type"], entry["muted"], entry["likes"]) == ("post_like", True, 1)
    assert client.delete(f"/api/notifications/muted/people/{pablo.pk}/").data["muted_people"] == []
    comment(actor=pablo, parent_id=post.pk, content="hi")
    assert "muted" not in entries_of(maria)[-1]


def test_who_is_muted_is_told_with_their_names(maria: User, pablo: User, ines: User) -> None:
    client = client_of(maria)
    for person in (pablo, ines):
        client.put(f"/api/notifications/muted/people/{person.pk}/")
    client.put("/api/notifications/muted/people/987654321/")
    answer = client.get("/api/notifications/muted/")
    assert [(one["id"], one["username"]) for one in answer.data] == [(ines.pk, "ines"), (pablo.pk, "pablo")]
    assert answer["Stream-Cursor"]
    ines.delete()
    assert [one["username"] for one in client.get("/api/notifications/muted/").data] == ["pablo"]


def test_a_muted_post_and_a_type_switched_off_make_no_row(maria: User, pablo: User, post: Post) -> None:
    client = client_of(maria)
    client.put(f"/api/notifications/muted/posts/{post.pk}/")
    comment(actor=pablo, parent_id=post.pk, content="hi")
    client.patch("/api/notifications/preferences/", {"muted_posts": []}, format="json")
    client.patch("/api/notifications/preferences/", {"types": {"post_like": {"in_app": False}}}, format="json")
    likes(post, pablo)
    assert inbox(maria)["results"] == []
    assert [entry["muted"] for entry in entries_of(maria) if entry["type"].startswith("post_")] == [True, True]


def test_one_recipients_wish_is_nobody_elses(maria: User, pablo: User, ines: User) -> None:
    kenji_post = publish(actor=maria, content="x")
    client_of(ines).put(f"/api/notifications/muted/people/{maria.pk}/")
    comment(actor=maria, parent_id=kenji_post.pk, content="@ines and @pablo")
    assert "muted" not in entries_of(pablo)[-1]
    assert entries_of(ines)[-1]["muted"] is True
    assert (len(inbox(pablo)["results"]), len(inbox(ines)["results"])) == (1, 0)


def test_preferences_are_merged_told_and_kept(maria: User) -> None:
    client = client_of(maria)
    before = client.get("/api/notifications/preferences/").data
    assert before["types"]["new_post"] == {"in_app": True, "toast": False, "sound": False, "push": False}
    change = {"types": {"post_like": {"push": False}}, "quiet_hours": {"enabled": True, "timezone": "Europe/Berlin"}}
    after = client.patch("/api/notifications/preferences/", change, format="json").data
    assert after == client.get("/api/notifications/preferences/").data
    assert after["types"]["post_like"] == {"in_app": True, "toast": True, "sound": True, "push": False}
    assert after["quiet_hours"] == {"enabled": True, "start": "22:00", "end": "07:00", "timezone": "Europe/Berlin"}
    (entry,) = entries_of(maria)
    assert (entry["type"], entry["preferences"]) == ("preferences_changed", after)
    client.patch("/api/notifications/preferences/", change, format="json")
    assert len(entries_of(maria)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"types": {"no_such_type": {"push": False}}},
        {"types": {"post_like": {"push": "perhaps"}}},
        {"types": {"post_like": True}},
        {"types": []},
        {"quiet_hours": {"start": "25:00"}},
        {"quiet_hours": {"start": 22}},
        {"quiet_hours": {"timezone": "Mars/Olympus"}},
        {"quiet_hours": {"timezone": "../../etc/passwd"}},
        {"quiet_hours": "always"},
        {"muted_people": "all"},
        {"muted_people": [-1]},
        {"muted_people": [2**63]},
        {"muted_people": list(range(1001))},
        {"muted_posts": [{}]},
    ],
)
def test_preferences_that_make_no_sense_are_refused(maria: User, body: dict[str, Any]) -> None:
    response = client_of(maria).patch("/api/notifications/preferences/", body, format="json")
    assert response.status_code == 400, response.data
    assert entries_of(maria) == []


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("read", {"ids": "x"}),
        ("read", {"ids": [1.5]}),
        ("read", {"ids": list(range(1001))}),
        ("read", {"up_to": -1}),
        ("read", {"up_to": 2**63}),
        ("read", {"ids": [1], "up_to": 2}),
        ("seen", {"up_to": []}),
        ("archive", {}),
        ("unread", {"ids": []}),
    ],
)
def test_marks_that_make_no_sense_are_refused(maria: User, call: str, body: dict[str, Any]) -> None:
    assert client_of(maria).post(f"/api/notifications/{call}/", body, format="json").status_code == 400


def test_a_page_is_three_queries_and_goes_on_without_offset(maria: User, person: MakePerson) -> None:
    for number in range(6):
        post = publish(actor=maria, content=f"post {number}")
        likes(post, person(f"p{number}"))
    client = client_of(maria)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/api/notifications/?limit=4")
    assert sum("notifications_inboxrow" in query["sql"] for query in captured.captured_queries) == 2
    assert not any("OFFSET" in query["sql"] for query in captured.captured_queries)
    assert len(page.data["results"]) == 4
    rest = client.get(page["Link"].split(">")[0].lstrip("<"))
    assert len(rest.data["results"]) == 2
    assert page.data["cursor"] == page["Stream-Cursor"]


def test_entries_numbered_later_reach_the_inbox_in_order(maria: User, pablo: User, ines: User, post: Post) -> None:
    """What another transaction's lock made wait is folded when it gets its number, as if it had not waited."""
    likes(post, pablo, ines)
    expected = list(InboxRow.objects.values("type", "count", "actors"))
    with connection.cursor() as cursor:
        InboxRow.objects.all().delete()
        cursor.execute("UPDATE streams_stream SET head = head - 2 WHERE user_id = %s", [maria.pk])
        cursor.execute(
            "UPDATE streams_entry SET seq = NULL WHERE stream_id = %s AND type = 'post_like'", [maria.pk]
        )  # fmt: skip
    assert number_pending([maria.pk]) == 2
    assert list(InboxRow.objects.values("type", "count", "actors")) == expected


def test_ten_people_are_named_and_the_rest_counted(maria: User, post: Post, person: MakePerson) -> None:
    people = [person(f"p{number}") for number in range(13)]
    for user in people:
        like(actor=user, post_id=post.pk, action="like")
    do_jobs()
    (row,) = inbox(maria)["results"]
    assert (row["count"], len(row["actors"]), row["actors"][0]["username"]) == (13, 10, "p12")
    like(actor=people[0], post_id=post.pk, action="unlike")
    do_jobs()
    (row,) = inbox(maria)["results"]
    assert (row["count"], len(row["actors"])) == (12, 10)


@pytest.mark.parametrize("moment", ["inbox_of", "counts_of"])
def test_an_entry_that_lands_while_the_inbox_is_read_is_in_all_of_the_answer(
    moment: str, maria: User, pablo: User, ines: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counters are folded by adding, so an answer older in its cursor than in its counts would be counted twice."""
    likes(post, ines)
    original = getattr(views, moment)
    landed: list[Any] = []

    def while_it_lands(*given: Any, **named: Any) -> Any:
        if not landed:
            landed.append(comment(actor=pablo, parent_id=post.pk, content="just now"))
        return original(*given, **named)

    monkeypatch.setattr(views, moment, while_it_lands)
    page = client_of(maria).get("/api/notifications/")
    assert page["Stream-Cursor"] == page.data["cursor"] == cursor_of(maria.pk)
    assert page.data["unseen"] == len(page.data["results"]) == 2
