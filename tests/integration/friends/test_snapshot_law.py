"""What the lists showed before, plus the events, is what the lists show after; for everybody, whatever happens.

`fold` is what a client does with each event, written out. Random walks over all actions, four people at a time, look
for an action whose events do not tell somebody the whole of what it changed.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
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
    assert len(happened) == 11


def act(
    chance: random.Random, people: list[User], clients: dict[int, APIClient], held: dict[int, tuple[Lists, int]]
) -> None:
    """One call that makes sense now; which kind is chosen first, so that rare ones happen too."""
    kinds: dict[str, list[tuple[int, str, str]]] = {}
    for user in people:
        lists = held[user.pk][0]
        others = [other.pk for other in people if other.pk != user.pk]
        kinds.setdefault("ask", []).extend((user.pk, "post", f"friends/request/{other}/") for other in others)
        kinds.setdefault("block", []).extend((user.pk, "post", f"auth/blocks/{other}/") for other in others)
        for number in lists.received:
            kinds.setdefault("accept", []).append((user.pk, "post", f"friends/accept/{number}/"))
            kinds.setdefault("decline", []).append((user.pk, "post", f"friends/decline/{number}/"))
        for other, _ in lists.sent.values():
            kinds.setdefault("cancel", []).append((user.pk, "delete", f"friends/cancel/{other}/"))
        for other in lists.friends:
            kinds.setdefault("remove", []).append((user.pk, "delete", f"friends/remove/{other}/"))
        for other in lists.blocks:
            kinds.setdefault("unblock", []).append((user.pk, "delete", f"auth/blocks/{other}/"))
    common = ["ask"] * 3 + [kind for kind in kinds if kind != "block"] * 2 + ["block"]
    user_id, method, path = chance.choice(kinds[chance.choice(common)])
    getattr(clients[user_id], method)(f"/api/{path}")
