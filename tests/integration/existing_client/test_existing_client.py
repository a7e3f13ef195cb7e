"""An existing NUMENEON client works unchanged: every call and every event of api.md, by nothing else."""

from collections.abc import Iterator

import pytest

from tests.support.product import Server
from tests.support.stream_client import StreamClient

from .old_client import PEOPLE, OldClient


@pytest.fixture
def maria(server: Server) -> Iterator[OldClient]:
    with OldClient(server.url, server.ws_url) as client:
        client.sign_up("maria")
        yield client


@pytest.fixture
def pablo(server: Server) -> Iterator[OldClient]:
    with OldClient(server.url, server.ws_url) as client:
        client.sign_up("pablo")
        yield client


def number(client: OldClient) -> int:
    me: int = client.get("/api/auth/me/")["id"]
    return me


def befriend(maria: OldClient, pablo: OldClient) -> None:
    pablo.post(f"/api/friends/request/{number(maria)}/", status=201)
    (request,) = maria.get("/api/friends/requests/")
    maria.post(f"/api/friends/accept/{request['id']}/", status=201)


def test_signing_up_refreshing_and_errors_read_as_they_did(maria: OldClient) -> None:
    me = maria.get("/api/auth/me/")
    assert set(me) >= {"id", "username", "email", "first_name", "last_name", "profile_picture", "profile"}
    again = maria.post("/api/auth/token/refresh/", {"refresh": maria.refresh})
    assert again["access"]
    maria.access = again["access"]
    maria.get("/api/auth/me/")
    taken = maria.http.post(
        "/api/auth/signup/", json={"username": "Maria", "email": "x@example.com", "password": "a-long-enough-secret"}
    )
    assert taken.status_code == 400
    assert isinstance(taken.json()["username"], list)
    assert taken.json()["error"] == taken.json()["detail"]
    bad = maria.http.get("/api/auth/me/", headers={"Authorization": "Bearer nonsense"})
    assert bad.status_code == 401


def test_friends_live(maria: OldClient, pablo: OldClient) -> None:
    maria.listen()
    pablo.listen()
    befriend(maria, pablo)
    asked = maria.told("friend_request")
    assert set(asked) == {"request_id", "from_user"}
    assert set(asked["from_user"]) == PEOPLE
    assert asked["from_user"]["username"] == "pablo"
    accepted = pablo.told("friend_accepted")
    assert set(accepted) == {"friend"}
    assert set(accepted["friend"]) == PEOPLE
    assert accepted["friend"]["username"] == "maria"
    assert [friend["username"] for friend in maria.get("/api/friends/")] == ["pablo"]
    assert maria.hears_no_more() == ["friend_request"]
    assert pablo.hears_no_more() == ["friend_accepted"]


def test_messages_live(maria: OldClient, pablo: OldClient) -> None:
    maria.listen()
    pablo.listen()
    sent = pablo.post("/api/messages/", {"receiver_id": number(maria), "content": "hello"}, status=201)
    told = maria.told("new_message")
    assert set(told) == {"id", "sender", "content", "created_at"}
    assert (told["id"], told["content"]) == (sent["id"], "hello")
    assert set(told["sender"]) == PEOPLE
    (row,) = maria.get("/api/messages/conversations/")
    assert set(row) >= {"user", "last_message", "unread_count"}
    assert row["unread_count"] == 1
    assert maria.post(f"/api/messages/read_all/?user_id={number(pablo)}") == {"marked_read": 1}
    (message,) = maria.get(f"/api/messages/conversation/{number(pablo)}/")
    assert set(message) >= {"id", "sender", "receiver", "content", "is_read", "created_at"}
    assert message["is_read"] is True
    assert pablo.hears_no_more() == []


def test_posts_comments_and_replies_live(maria: OldClient, pablo: OldClient) -> None:
    befriend(maria, pablo)
    maria.listen()
    pablo.listen()
    post = maria.post("/api/posts/", {"content": "hello", "type": "thoughts"}, status=201)
    told = pablo.told("new_post")
    assert told == pablo.get(f"/api/posts/{post['id']}/")
    assert told["author"]["username"] == "maria"

    comment = pablo.post(
        "/api/posts/", {"content": "nice", "type": "thoughts", "parent_id": post["id"]}, status=201
    )  # fmt: skip
    told = maria.told("post_comment")
    assert set(told) == {"message", "post", "comment", "commenter"}
    assert (told["post"]["id"], told["comment"]["id"]) == (post["id"], comment["id"])
    assert told["message"] == "pablo commented on your post"
    assert set(told["commenter"]) == PEOPLE

    body = {
        "content": "@pablo thanks",
        "type": "thoughts",
        "parent_id": post["id"],
        "reply_to_comment_id": comment["id"],
        "mentioned_user_id": number(pablo),
    }
    reply = maria.post("/api/posts/", body, status=201)
    told = pablo.told("comment_reply")
    assert set(told) == {"message", "post_id", "post", "reply", "replier", "mentioned_username"}
    assert (told["post_id"], told["reply"]["id"], told["mentioned_username"]) == (post["id"], reply["id"], "pablo")
    assert set(told["replier"]) == PEOPLE

    wall = {"content": "happy birthday", "type": "thoughts", "target_profile_id": number(maria)}
    pablo.post("/api/posts/", wall, status=201)
    told = maria.told("wall_post")
    assert set(told) == {"message", "post", "author"}
    assert told["post"]["target_profile"]["username"] == "maria"
    assert set(told["author"]) == PEOPLE

    assert pablo.post(f"/api/posts/{post['id']}/like/")["is_liked"] is True
    assert pablo.post(f"/api/posts/{post['id']}/share/")["shares_count"] == 1
    assert [row["id"] for row in maria.get(f"/api/posts/{post['id']}/replies/")] == [comment["id"], reply["id"]]
    assert maria.hears_no_more() == ["post_comment", "wall_post"]
    assert pablo.hears_no_more() == ["new_post", "comment_reply"]


def test_a_closed_laptop_hears_what_it_missed_but_not_what_it_has_read(maria: OldClient, pablo: OldClient) -> None:
    befriend(maria, pablo)
    maria.listen()
    pablo.post("/api/messages/", {"receiver_id": number(maria), "content": "one"}, status=201)
    maria.told("new_message")
    maria.away()
    pablo.post("/api/messages/", {"receiver_id": number(maria), "content": "two"}, status=201)
    pablo.post("/api/posts/", {"content": "meanwhile"}, status=201)
    maria.get(f"/api/messages/conversation/{number(pablo)}/")
    pablo.post("/api/messages/", {"receiver_id": number(maria), "content": "three"}, status=201)
    maria.listen()
    maria.told("new_message")
    assert maria.hears_no_more() == ["new_post", "new_message"]
    assert maria.told("new_message")["content"] == "three"


def test_a_restart_is_1012_and_never_the_code_that_means_for_good(server: Server, maria: OldClient) -> None:
    maria.listen()
    assert maria.socket is not None
    server.stop()
    assert maria.socket.await_close() == 1012


def test_a_bad_token_is_4001(server: Server) -> None:
    for query in ("?token=nonsense", ""):
        socket = StreamClient.connect(f"{server.ws_url}/ws/notifications/{query}", subprotocol=None)
        assert socket.await_close() == 4001
