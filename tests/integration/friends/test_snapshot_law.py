"""What the lists showed before, plus the events, is what the lists show after; for everybody, whatever happens.

`fold` is what a client does with each event, written out. Random walks over all actions, four people at a time, look for
an action whose events do not tell somebody the whole of what it changed.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from accounts.models import User
from rest_framework.test import APIClient

from tests.support.people import MakePerson, client_of, entries_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Lists:
    """One person's lists, as clients hold them."""

    friends: dict[int, str] = field(default_factory=dict)
    received: dict[int, tuple[int, str]] = field(default_factory=dict)
    sent: dict[int, tuple[int, str]] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)


def without(rows: dict[int, Any], key: int) -> dict[int, Any]:
    return {one: row for one, row in rows.items() if one != key}


def not_with(rows: dict[int, tuple[int, str]], user_id: int) -> dict[int, tuple[int, str]]:
    return {one: row for one, row in rows.items() if row[0] != user_id}


def fold(lists: Lists, entry: dict[str, Any]) -> Lists:
    """Apply one event."""
    who = entry.get("from_user") or entry.get("to_user") or entry.get("friend") or entry.get("person")
    assert who is not None
    user_id, name = who["id"], who["username"]
    match entry["type"]:
        case "friend_request":
            row = (user_id, entry["created_at"])
            return replace(lists, received={**not_with(lists.received, user_id), entry["request_id"]: row})
        case "friend_request_sent":
            row = (user_id, entry["created_at"])
            return replace(lists, sent={**not_with(lists.sent, user_id), entry["request_id"]: row})
        case "friend_request_cancelled" | "friend_request_declined":
            return replace(lists, received=without(lists.received, entry["request_id"]))
        case "friend_request_withdrawn":
            return replace(lists, sent=without(lists.sent, entry["request_id"]))
        case "friend_accepted":
            return replace(lists, friends={**lists.friends, user_id: name}, sent=not_with(lists.sent, user_id))
        case "friend_added":
            received = without(lists.received, entry["request_id"])
            return replace(lists, friends={**lists.friends, user_id: name}, received=received)
        case "friend_removed" | "friend_dropped":
            return replace(lists, friends=without(lists.friends, user_id))
        case "person_blocked":
            return Lists(
                friends=without(lists.friends, user_id),
                received=not_with(lists.received, user_id),
                sent=not_with(lists.sent, user_id),
                blocks={**lists.blocks, user_id: name},
            )
        case "person_unblocked":
            return replace(lists, blocks=without(lists.blocks, user_id))
    raise AssertionError(entry["type"])


def snapshot(client: APIClient) -> tuple[Lists, int]:
    """The lists over REST, and the seq of the cursor they came with."""
    friends = client.get("/api/friends/")
    received = client.get("/api/friends/requests/").data
    sent = client.get("/api/friends/requests/sent/").data
    lists = Lists(
        friends={row["id"]: row["username"] for row in friends.data},
        received={row["id"]: (row["from_user"]["id"], row["created_at"]) for row in received},
        sent={row["id"]: (row["to_user"]["id"], row["created_at"]) for row in sent},
        blocks={row["id"]: row["username"] for row in client.get("/api/auth/blocks/").data},
    )
    return lists, int(friends["Stream-Cursor"].split(".")[1])


@pytest.mark.parametrize("seed", range(3))
def test_snapshot_before_and_its_events_are_the_snapshot_after(person: MakePerson, seed: int) -> None:
    chance = random.Random(seed)
    people = [person(name) for name in ("maria", "pablo", "kenji", "ines")]
    clients = {user.pk: client_of(user) for user in people}
    held = {user.pk: snapshot(clients[user.pk]) for user in people}
    happened: set[str] = set()
    for _ in range(80):
        act(chance, people, clients, held)
        for user in people:
            before, seq = held[user.pk]
            entries = entries_of(user, after=seq)
            happened |= {entry["type"] for entry in entries}
            folded = before
            for entry in entries:
                folded = fold(fold(folded, entry), entry)  # twice: applying an event again is harmless
            held[user.pk] = snapshot(clients[user.pk])
            assert folded == held[user.pk][0]
    assert len(happened) == 10


def act(
    chance: random.Random, people: list[User], clients: dict[int, APIClient], held: dict[int, tuple[Lists, int]]
) -> None:
    actor, other = chance.sample(people, 2)
    call = chance.choice(["ask", "ask", "ask", "accept", "accept", "decline", "cancel", "remove", "block", "unblock"])
    asked = [user for user in people if held[user.pk][0].received]
    if call in {"accept", "decline"} and asked:
        actor = chance.choice(asked)
    client, lists = clients[actor.pk], held[actor.pk][0]
    number = chance.choice(list(lists.received) or [0])
    match call:
        case "ask":
            client.post(f"/api/friends/request/{other.pk}/")
        case "accept" | "decline":
            client.post(f"/api/friends/{call}/{number}/")
        case "cancel" | "remove":
            client.delete(f"/api/friends/{call}/{other.pk}/")
        case "block":
            client.post(f"/api/auth/blocks/{other.pk}/")
        case "unblock":
            client.delete(f"/api/auth/blocks/{other.pk}/")
