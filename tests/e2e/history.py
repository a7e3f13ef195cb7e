"""A few weeks in the life of the demo people, told through the API: posts, comments, likes, messages, requests.

For pictures and for the pages that every test of looks opens. What it does is fixed, so two pictures of it are alike.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets import Subprotocol
from websockets.sync.client import connect

POSTS = (
    (
        "luca",
        "milestones",
        "One thousand followers of a kitchen that seats eleven. Dinner is on me, one table at a time.",
        None,
    ),
    (
        "zara",
        "media",
        "The harbour at six, before anybody has decided what kind of day it is.",
        "/assets/scenes/harbour.svg",
    ),
    (
        "kenji",
        "thoughts",
        "Night train to Hakodate. Everybody sleeps but the two of us who photograph sleepers.",
        None,
    ),
    ("ida", "thoughts", "Day 41 of rain. The gauge and I are on first-name terms now.", None),
    (
        "ines",
        "milestones",
        "My students sent a balloon to 31 kilometres. It came down in a vineyard. They gave us wine.",
        None,
    ),
    ("mina", "media", "Market day in Busan: the squid were fresher than the vendors.", "/assets/scenes/market.svg"),
    ("omar", "thoughts", "Found a map from 1911 on which our street is a lake. Explains the cellar.", None),
    ("ravi", "milestones", "Crossed to Lakshadweep under sail, alone, 26 hours.", None),
    (
        "ines",
        "thoughts",
        "@maria the ferry leaves at nine, and you have the tickets. I have the sandwiches. Choose wisely.",
        None,
    ),
    ("maria", "thoughts", "First loaf with the new flour. It rose like it had somewhere to be.", None),
)
COMMENTS = (
    ("maria", "ines", "Save me the corner seat. And the bread."),
    ("maria", "luca", "That crumb! @maria teach me."),
    ("maria", "kenji", "I can smell this from Sapporo."),
    ("ines", "maria", "Tickets are in the flour tin, obviously."),
)
LIKES = ("ines", "kenji", "luca", "ida", "zara", "ravi", "mina", "omar")
TALK = (
    ("ines", "Are we still rowing on Saturday?"),
    ("maria", "If the wind agrees. The forecast says four knots and a grumpy swan."),
    ("ines", "The swan is the reason I come."),
    ("maria", "I am bringing rye and the good butter."),
    ("ines", "Then I forgive you for the hour. Six is not a time, it is a rumour."),
    ("maria", "Half past six, for you."),
)
LAST = "Done. Bring the camera, the fog should be gone by then."
OTHERS = (
    ("kenji", "Your print is dry. It wants a frame with less opinion."),
    ("luca", "Four hours at eighty-five degrees, and do not look at it."),
    ("zara", "Rehearsal moved to eight. The cello has not been told."),
)


@dataclass
class Teller:
    """One of the demo people, by token."""

    url: str
    username: str
    id: int
    token: str

    def post(self, address: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.post(self.url + address, json=body, headers=headers, timeout=20)
        assert answer.is_success, f"{self.username} {address}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None


class Cast(dict[str, Teller]):
    """The demo people, met when first spoken of."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.ids = {one["username"]: one["id"] for one in httpx.get(f"{url}/api/demo/").json()["people"]}

    def __missing__(self, name: str) -> Teller:
        tokens = httpx.post(f"{self.url}/api/demo/tokens/", json={"username": name}).json()
        self[name] = Teller(self.url, name, self.ids[name], tokens["access"])
        return self[name]


def tell(url: str) -> dict[str, int]:
    """Let it all happen on the product at `url`; ids of the latest post of each author."""
    cast = Cast(url)
    posts = {}
    for author, kind, words, picture in POSTS:
        media = {"media_url": picture} if picture else {}
        posts[author] = cast[author].post("/api/posts/", content=words, type=kind, **media)["id"]
    for number, (author, post) in enumerate(posts.items()):
        for name in LIKES[: 2 + number % 5]:
            if name != author:
                cast[name].post(f"/api/posts/{post}/like/", action="like")
    for author, who, words in COMMENTS:
        cast[who].post("/api/posts/", content=words, type="thoughts", parent_id=posts[author])
    for who, words in OTHERS:
        cast[who].post("/api/messages/", receiver_id=cast["maria"].id, content=words)
    for who, words in TALK:
        to = "maria" if who == "ines" else "ines"
        cast[who].post("/api/messages/", receiver_id=cast[to].id, content=words)
        cast[to].post(f"/api/messages/conversation/{cast[who].id}/read/")
    cast["ines"].post("/api/messages/", receiver_id=cast["maria"].id, content=LAST)
    return posts


@contextmanager
def being_here(url: str, *names: str) -> Iterator[None]:
    """Let some of them be online inside a `with` block."""
    cast = Cast(url)
    with ExitStack() as sockets:
        for name in names:
            address = url.replace("http", "ws") + "/ws/"
            socket = sockets.enter_context(connect(address, subprotocols=[Subprotocol("numeneon.v1")]))
            socket.send(json.dumps({"type": "hello", "token": cast[name].token}))
            socket.recv(timeout=10)
        yield
