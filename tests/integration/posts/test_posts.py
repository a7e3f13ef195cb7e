"""Posts over REST: who sees what, who is told what, and nothing that is not the client's to set."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from posts.models import Post
from tests.support.people import PASSWORD, MakePerson, client_of, entries_of, types_of
from tests.support.social import befriend, block

pytestmark = pytest.mark.django_db


def write(client: APIClient, content: str = "hello", **more: Any) -> Any:
    response = client.post("/api/posts/", {"content": content, **more}, format="json")
    assert response.status_code == 201, response.data
    return response.data


def feed(client: APIClient, query: str = "") -> list[str]:
    response = client.get(f"/api/posts/{query}")
    assert response.status_code == 200, response.data
    return [row["content"] for row in response.data]


def loud(user: User) -> list[str]:
    """What a person is told, without the echoes of what they did themselves."""
    return [one for one in types_of(user) if one not in ("new_post", "comment_sent", "like_changed")]


def test_a_post_has_every_member_of_the_contract(maria: User) -> None:
    post = write(client_of(maria), "hello", type="milestones")
    assert set(post) == {
        "id", "author", "content", "type", "media_url", "created_at", "updated_at", "parent", "target_profile",
        "reply_to_comment", "mentioned_user", "reply_count", "likes_count", "comment_count", "shares_count", "is_liked",
        "visibility", "version",
    }  # fmt: skip
    assert post["author"] == {
        "id": maria.pk, "username": "maria", "first_name": "Maria", "last_name": "Lind", "profile_picture": None,
    }  # fmt: skip
    assert (post["type"], post["visibility"], post["media_url"], post["parent"]) == ("milestones", "public", None, None)


def test_friends_and_own_devices_hear_of_a_post_and_strangers_do_not(maria: User, pablo: User, ines: User) -> None:
    befriend(maria, pablo)
    post = write(client_of(maria))
    (theirs,), (own,) = entries_of(pablo), entries_of(maria)
    assert theirs["type"] == own["type"] == "new_post"
    assert theirs["post"] == post
    assert types_of(ines) == []


def test_what_is_for_friends_is_for_friends(maria: User, pablo: User, ines: User) -> None:
    befriend(maria, pablo)
    post = write(client_of(maria), "secret", visibility="friends")
    assert feed(client_of(pablo)) == feed(client_of(maria)) == ["secret"]
    stranger = client_of(ines)
    assert feed(stranger) == feed(stranger, "?username=maria") == []
    for call in ("", "replies/"):
        assert stranger.get(f"/api/posts/{post['id']}/{call}").status_code == 404
    for call in ("like/", "share/"):
        assert stranger.post(f"/api/posts/{post['id']}/{call}", {}, format="json").status_code == 404
    body = {"content": "hi", "parent_id": post["id"]}
    refused = stranger.post("/api/posts/", body, format="json")
    missing = stranger.post("/api/posts/", {"content": "hi", "parent_id": 10**9}, format="json")
    assert refused.status_code == missing.status_code == 404
    assert refused.data == missing.data


@pytest.mark.parametrize("who_blocks", ["author", "reader"])
def test_nothing_passes_a_block(maria: User, pablo: User, ines: User, who_blocks: str) -> None:
    mine, theirs, third = client_of(maria), client_of(pablo), client_of(ines)
    post = write(mine)
    ines_post = write(third, "by ines")
    comment = write(mine, "maria's comment", parent_id=ines_post["id"])
    write(mine, "on the wall of ines", target_profile_id=ines.pk)
    block(maria, pablo) if who_blocks == "author" else block(pablo, maria)
    before = types_of(maria)
    assert feed(theirs) == ["by ines"]
    assert feed(theirs, "?username=maria") == []
    assert feed(theirs, "?username=ines") == ["by ines"]
    for number in (post["id"], comment["id"]):
        assert theirs.get(f"/api/posts/{number}/").status_code == 404
        assert theirs.post(f"/api/posts/{number}/like/", {}, format="json").status_code == 404
    assert theirs.get(f"/api/posts/{ines_post['id']}/replies/").data == []
    write(theirs, "@maria look", parent_id=ines_post["id"])
    write(theirs, "@maria look", mentioned_user_id=maria.pk)
    assert [row["content"] for row in mine.get(f"/api/posts/{ines_post['id']}/replies/").data] == ["maria's comment"]
    assert types_of(maria) == before


def test_a_wall_post_of_somebody_blocked_stands_for_themselves_alone(maria: User, pablo: User, ines: User) -> None:
    befriend(pablo, ines)
    block(maria, pablo)
    before = types_of(maria)
    post = write(client_of(pablo), "on your wall", target_profile_id=maria.pk)
    assert feed(client_of(pablo)) == ["on your wall"]
    assert client_of(pablo).get(f"/api/posts/{post['id']}/").status_code == 200
    for user in (maria, ines):
        assert feed(client_of(user)) == feed(client_of(user), "?username=maria") == []
        assert client_of(user).get(f"/api/posts/{post['id']}/").status_code == 404
    assert types_of(maria) == before
    assert types_of(ines) == []


@pytest.mark.parametrize("owner_blocks", [True, False])
def test_the_owner_of_a_wall_hears_nothing_of_edits_across_a_block(
    maria: User, pablo: User, owner_blocks: bool
) -> None:
    post = write(client_of(pablo), "on your wall", target_profile_id=maria.pk)
    block(*((maria, pablo) if owner_blocks else (pablo, maria)))
    before = entries_of(maria)
    edited = client_of(pablo).patch(f"/api/posts/{post['id']}/", {"content": "and again"}, format="json")
    assert edited.status_code == 200
    assert entries_of(maria) == before
    assert types_of(pablo)[-1] == "post_edited"


def test_a_wall_post_tells_the_walls_owner_and_stands_on_their_page(maria: User, pablo: User, ines: User) -> None:
    befriend(maria, ines)
    post = write(client_of(maria), "happy birthday", target_profile_id=pablo.pk)
    assert post["target_profile"]["username"] == "pablo"
    (told,) = entries_of(pablo)
    assert (told["type"], told["from_user"]["username"], told["post"]["id"]) == ("wall_post", "maria", post["id"])
    assert types_of(ines) == ["new_post"]
    assert feed(client_of(ines), "?username=pablo") == ["happy birthday"]
    assert feed(client_of(ines), "?username=maria") == []


def test_a_comment_counts_and_tells_the_author(maria: User, pablo: User) -> None:
    post = write(client_of(maria))
    comment = write(client_of(pablo), "nice", parent_id=post["id"])
    shown = client_of(maria).get(f"/api/posts/{post['id']}/").data
    assert (shown["comment_count"], shown["reply_count"], shown["version"]) == (1, 1, 1)
    told = entries_of(maria)[-1]
    assert (told["type"], told["post_id"], told["comment"], told["comments"]) == (
        "post_comment",
        post["id"],
        comment,
        1,
    )
    assert told["link"] == f"/posts/{post['id']}#comment-{comment['id']}"
    assert feed(client_of(pablo)) == ["hello"]
    assert types_of(pablo) == ["comment_sent"]


def test_an_answer_stands_under_the_post_and_tells_who_is_answered(maria: User, pablo: User, ines: User) -> None:
    post = write(client_of(maria))
    comment = write(client_of(pablo), "where?", parent_id=post["id"])
    answer = write(client_of(ines), "by the lake", parent_id=comment["id"])
    assert (answer["parent"], answer["reply_to_comment"]) == (post["id"], comment["id"])
    told = entries_of(pablo)[-1]
    assert (told["type"], told["comment"]["id"], told["replies"]) == ("comment_reply", answer["id"], 1)
    assert told["text"] == "ines replied to your comment"
    assert loud(maria) == ["post_comment", "post_comment"]
    rows = client_of(maria).get(f"/api/posts/{post['id']}/replies/").data
    assert [(row["id"], row["reply_count"]) for row in rows] == [(comment["id"], 1), (answer["id"], 0)]
    assert [row["id"] for row in client_of(maria).get(f"/api/posts/{comment['id']}/replies/").data] == [answer["id"]]


@pytest.mark.parametrize("way", ["id", "username", "text"])
def test_who_is_spoken_to_is_told_once(maria: User, pablo: User, ines: User, way: str) -> None:
    post = write(client_of(maria))
    ways: dict[str, dict[str, Any]] = {
        "id": {"mentioned_user_id": ines.pk},
        "username": {"mentioned_username": "InEs"},
        "text": {},
    }
    more = ways[way]
    comment = write(client_of(pablo), "@ines, @INES look at this", parent_id=post["id"], **more)
    assert comment["mentioned_user"]["username"] == "ines"
    assert loud(ines) == ["comment_reply"]
    assert entries_of(ines)[-1]["text"] == "pablo mentioned you"
    write(client_of(pablo), "a word to @ines")
    assert loud(ines) == ["comment_reply", "post_mention"]


def test_who_may_not_see_a_post_is_not_told_of_being_mentioned(maria: User, pablo: User, ines: User) -> None:
    befriend(maria, pablo)
    post = write(client_of(maria), "for friends, @ines", visibility="friends")
    write(client_of(pablo), "@ines!", parent_id=post["id"])
    assert types_of(ines) == []


def test_editing_and_deleting_are_the_authors(maria: User, pablo: User) -> None:
    post = write(client_of(maria), "draft")
    mine, theirs = client_of(maria), client_of(pablo)
    path = f"/api/posts/{post['id']}/"
    assert theirs.patch(path, {"content": "x"}, format="json").status_code == 403
    assert theirs.delete(path).status_code == 403
    edited = mine.patch(path, {"content": "final", "type": "media"}, format="json")
    assert (edited.status_code, edited.data["content"], edited.data["type"]) == (200, "final", "media")
    assert edited.data["updated_at"] > edited.data["created_at"]
    assert types_of(maria)[-1] == "post_edited"
    assert mine.patch(path, {"content": ""}, format="json").status_code == 400
    assert mine.delete(path).status_code == 204
    assert mine.get(path).status_code == theirs.get(path).status_code == 404
    assert types_of(maria)[-1] == "post_deleted"


def test_deleting_a_comment_takes_it_out_of_the_counts(maria: User, pablo: User, ines: User) -> None:
    post = write(client_of(maria))
    comment = write(client_of(pablo), parent_id=post["id"])
    answer = write(client_of(ines), parent_id=post["id"], reply_to_comment_id=comment["id"])
    client_of(ines).delete(f"/api/posts/{answer['id']}/")
    rows = client_of(maria).get(f"/api/posts/{post['id']}/replies/").data
    assert [(row["id"], row["reply_count"]) for row in rows] == [(comment["id"], 0)]
    client_of(pablo).delete(f"/api/posts/{comment['id']}/")
    shown = client_of(maria).get(f"/api/posts/{post['id']}/").data
    assert (shown["comment_count"], shown["reply_count"]) == (0, 0)


def test_sharing_counts(maria: User, pablo: User) -> None:
    post = write(client_of(maria))
    assert client_of(pablo).post(f"/api/posts/{post['id']}/share/").data["shares_count"] == 1


def test_the_feed_comes_in_pages_without_offsets(maria: User) -> None:
    mine = client_of(maria)
    numbers = [write(mine, f"p{number}")["id"] for number in range(5)]
    page = mine.get("/api/posts/?limit=2")
    assert [row["id"] for row in page.data] == [numbers[4], numbers[3]]
    write(mine, "meanwhile")
    with CaptureQueriesContext(connection) as captured:
        following = mine.get(page["Link"].split(">")[0].lstrip("<"))
    assert [row["id"] for row in following.data] == [numbers[2], numbers[1]]
    assert not any("OFFSET" in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize("path", ["/api/posts/", "/api/posts/?username=maria", "/api/posts/{post}/replies/"])
def test_a_page_is_the_same_number_of_queries_however_full(maria: User, person: MakePerson, path: str) -> None:
    mine = client_of(maria)
    post = write(mine)["id"]

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert mine.get(path.format(post=post)).data
        return len(captured)

    def more(name: str) -> None:
        theirs = client_of(person(name))
        write(theirs, "@maria", parent_id=post, mentioned_user_id=maria.pk)
        write(theirs, "wall", target_profile_id=maria.pk)

    more("p0")
    few = queries()
    for number in range(1, 8):
        more(f"p{number}")
    assert queries() == few <= 5


def test_lists_carry_the_cursor_they_were_read_at(maria: User) -> None:
    post = write(client_of(maria))["id"]
    for path in ("", f"{post}/", f"{post}/replies/"):
        assert client_of(maria).get(f"/api/posts/{path}")["Stream-Cursor"].endswith(".1")


def test_members_that_are_not_the_clients_to_set_are_ignored(maria: User, pablo: User) -> None:
    forged: dict[str, Any] = {
        "id": 777, "author": pablo.pk, "author_id": pablo.pk, "likes_count": 1000, "comment_count": 5, "version": 9,
        "shares_count": 7, "is_liked": True, "is_staff": True, "created_at": "2001-01-01T00:00:00Z", "withheld": True,
        "likes_waiting": True, "parent": 1, "unknown": {"deep": [1]},
    }  # fmt: skip
    mine = client_of(maria)
    post = write(mine, **forged)
    changed = mine.patch(f"/api/posts/{post['id']}/", {"content": "new", **forged}, format="json").data
    for shown in (post, changed):
        assert shown["id"] != 777
        assert shown["author"]["id"] == maria.pk
        assert shown["likes_count"] == shown["comment_count"] == shown["shares_count"] == shown["version"] == 0
        assert shown["is_liked"] is False
        assert shown["created_at"] > "2020"
    row = Post.objects.get()
    assert (row.withheld, row.likes_waiting) == (False, False)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": ""},
        {"content": " \n "},
        {"content": 7.5, "type": "poem"},
        {"content": ["a"]},
        {"content": None},
        {"content": "x" * 501},
        {"content": "e" + "\u0301" * 100_000},
        {"content": "x", "type": "poem"},
        {"content": "x", "type": ["thoughts"]},
        {"content": "x", "visibility": "everyone"},
        {"content": "x", "media_url": "javascript:alert(1)"},
        {"content": "x", "media_url": " JaVaScRiPt:alert(1)"},
        {"content": "x", "media_url": "data:text/html,<script>"},
        {"content": "x", "media_url": "//evil.example/x"},
        {"content": "x", "media_url": "https://" + "a" * 600},
        {"content": "x", "media_url": {"a": 1}},
        {"content": "x", "parent_id": "abc"},
        {"content": "x", "parent_id": -1},
        {"content": "x", "parent_id": 2**63},
        {"content": "x", "target_profile_id": 1.5},
        {"content": "x", "mentioned_user_id": {}},
        {"content": "x", "mentioned_username": "n" * 151},
    ],
)
def test_what_is_wrong_is_refused_in_words(maria: User, body: dict[str, Any]) -> None:
    response = client_of(maria).post("/api/posts/", body, format="json")
    assert response.status_code == 400, response.data
    assert response["Content-Type"] == "application/problem+json"
    assert response.data["detail"]
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>",
        "\u202egnp.exe",
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "\U0001d579" * 500,
        "e" + "\u0301" * 499,
        "{{7*7}}",
        "'; DROP TABLE",
    ],
)
def test_text_stays_the_text_it_was(maria: User, content: str) -> None:
    mine = client_of(maria)
    post = write(mine, content)
    assert post["content"] == mine.get(f"/api/posts/{post['id']}/").data["content"] == content
    assert entries_of(maria)[-1]["post"]["content"] == content


@pytest.mark.parametrize(
    "path",
    ["99999999999999999999/", "9223372036854775808/", "-1/", "abc/", "1.5/", "%00/", "1'/", "0x10/"],
)
def test_ids_that_nobody_can_have_are_not_found(maria: User, path: str) -> None:
    response = client_of(maria).get(f"/api/posts/{path}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("application/problem+json")


def test_who_leaves_for_good_leaves_the_counts_exact(maria: User, pablo: User, ines: User) -> None:
    mine, theirs = client_of(maria), client_of(pablo)
    post = write(mine)
    comment = write(client_of(ines), parent_id=post["id"])
    write(theirs, parent_id=comment["id"])
    for number in (post["id"], comment["id"]):
        theirs.post(f"/api/posts/{number}/like/", {}, format="json")
    closed = theirs.delete("/api/auth/me/", {"password": PASSWORD}, format="json")
    assert closed.status_code in (200, 204), closed.data
    shown = mine.get(f"/api/posts/{post['id']}/").data
    (row,) = mine.get(f"/api/posts/{post['id']}/replies/").data
    assert (shown["likes_count"], shown["comment_count"]) == (0, 1)
    assert (row["likes_count"], row["reply_count"]) == (0, 0)
