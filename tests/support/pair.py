"""Two people and everything one of them can make the other's screens show, at every door of every process."""

import itertools
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.databases import Person
from tests.support.doorways import DOORWAYS, Follower, Socket
from tests.support.lab.house import at_every_door
from tests.support.product import Product

DOERS = frozenset({"from_user", "by", "user", "sender", "author", "from", "commenter", "replier", "friend", "reader"})
"""Members by which a frame of any dialect names whoever did what it tells of."""
STAYING = [name for name in DOORWAYS if not name.startswith("long poll")]
SOCKETS = ("/ws/ by token", "/ws/ by cookie")


def doers(told: Any) -> Iterator[int]:
    """The ids of everybody who is named as doing something in a frame, however deep."""
    if isinstance(told, dict):
        for name, member in told.items():
            who = member.get("id") if isinstance(member, dict) else member
            if name in DOERS and isinstance(who, int):
                yield who
            yield from doers(member)
    elif isinstance(told, list):
        for member in told:
            yield from doers(member)


class Side:
    """One of the two: a login with a cookie, a post that anybody may see, and followers everywhere."""

    def __init__(self, product: Product, person: Person) -> None:
        self.product = product
        self.me = product.login(person)
        self.followers: dict[str, Follower] = {}
        self.post = self.me.post("/api/posts/", content=f"{person.username} says hello").json()["id"]
        self.marks: dict[str, int] = {}

    @property
    def id(self) -> int:
        return self.me.id

    def come(self, doors: Iterable[str] = STAYING) -> None:
        chosen = {name: DOORWAYS[name] for name in doors}
        self.followers |= at_every_door(self.product, self.me, chosen)

    def go(self) -> None:
        for one in self.followers.values():
            one.close()
        self.followers = {}
        self.marks = {}

    def sockets(self) -> list[Socket]:
        """Those that can speak."""
        return [
            one
            for name, one in self.followers.items()
            if name.partition(" of ")[0] in SOCKETS and isinstance(one, Socket)
        ]

    def watch(self, post_id: int) -> None:
        for one in self.sockets():
            one.client.send({"type": "watch", "topics": [f"post:{post_id}"]})

    def type_to(self, other: "Side") -> None:
        for one in self.sockets():
            one.client.send({"type": "typing", "to": other.id})

    def say(self, other: "Side", words: str) -> int:
        return int(self.me.post("/api/messages/", receiver_id=other.id, content=words).json()["id"])

    def read(self, other: "Side") -> None:
        self.me.post(f"/api/messages/conversation/{other.id}/read/")

    def acknowledge(self) -> None:
        """Everything that came is applied, says each socket."""
        for one in self.sockets():
            if one.client.seqs:
                one.client.send({"type": "ack", "seq": one.client.seqs[-1]})

    def mark(self) -> None:
        """What comes from now on is `new`."""
        self.marks = {name: len(one.frames) for name, one in self.followers.items()}

    def new(self) -> dict[str, list[dict[str, Any]]]:
        return {name: one.frames[self.marks.get(name, 0) :] for name, one in self.followers.items()}

    def shows(self, kind: str, other: "Side") -> list[str]:
        """Where something new of this type, and of the other's doing, has come."""
        return [
            name
            for name, frames in self.new().items()
            if any(frame["type"] == kind and self._of(frame, other) for frame in frames)
        ]

    def reached_by(self, other: "Side") -> list[tuple[str, dict[str, Any]]]:
        """What is new of the other's doing, or about their post, and where."""
        return [(name, frame) for name, frames in self.new().items() for frame in frames if self._of(frame, other)]

    def _of(self, frame: dict[str, Any], other: "Side") -> bool:
        if frame["type"] == "post_activity":
            return bool(frame["post_id"] == other.post)
        return other.id in doers(frame)


class Pair:
    """Two friends with a stranger who likes what they write. Each of the two watches the other's post."""

    _letters = itertools.count()

    def __init__(self, product: Product, first: int) -> None:
        self.product = product
        self.maria, self.pablo = (Side(product, product.people[first + at]) for at in range(2))
        self.stranger = product.login(product.people[first + 2])
        self.befriend()
        self.wall_post = self.pablo.me.post(
            "/api/posts/", content="On your wall", target_profile_id=self.maria.id
        ).json()["id"]
        self._liked = False

    def befriend(self) -> None:
        request = self.pablo.me.post(f"/api/friends/request/{self.maria.id}/").json()["request"]["id"]
        self.maria.me.post(f"/api/friends/accept/{request}/")

    def come(self) -> None:
        for side, other in self.sides():
            side.come()
            side.watch(other.post)
        time.sleep(0.5)
        self.mark()

    def sides(self) -> tuple[tuple[Side, Side], tuple[Side, Side]]:
        return (self.maria, self.pablo), (self.pablo, self.maria)

    def mark(self) -> None:
        for side, _ in self.sides():
            side.mark()

    def like(self) -> None:
        """A stranger likes both posts, or no longer: their watchers see the counts move."""
        self._liked = not self._liked
        for side, _ in self.sides():
            self.stranger.post(f"/api/posts/{side.post}/like/", action="like" if self._liked else "unlike")

    def block(self) -> None:
        self.maria.me.post(f"/api/auth/blocks/{self.pablo.id}/")

    def unblock(self) -> None:
        self.maria.me.rest.delete(f"/api/auth/blocks/{self.pablo.id}/").raise_for_status()

    def close(self) -> None:
        for side, _ in self.sides():
            side.go()


@contextmanager
def pair(product: Product, first: int = 0) -> Iterator[Pair]:
    made = Pair(product, first)
    try:
        made.come()
        yield made
    finally:
        made.close()
