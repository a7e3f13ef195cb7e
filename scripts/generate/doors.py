"""Golden frames of the doors beside `/ws/`, made by what the doors themselves make them with."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from friends.consumers import PASSED_ON, seed_frame
from notifications.consumers import CONNECTED, existing_frame
from notifications.events import Notification
from scripts.generate.events import SEQ, about, dump, frame
from streams import protocol
from streams.cursor import Cursor
from streams.events import registered
from streams.gateway.poll import Answer
from streams.protocol import CloseCode

OWNS = ("protocol/doors/*/*.json",)
ADDRESSES = {"friends": "/ws/friends/", "notifications": "/ws/notifications/", "events": "/api/events/"}
"""The doors by the names of their folders."""
NOBODY = 0
"""Whose stream it is: none of the people in the examples."""
Golden = dict[str, str | dict[str, Any]]


def files() -> dict[str, str]:
    """A file for every frame of every other door."""
    return {f"protocol/doors/{door}/{name}.json": dump(golden) for door, name, golden in goldens()}


def goldens() -> Iterator[tuple[str, str, Golden]]:
    """The door's name, the frame's name, and the golden frame."""
    for door, made in (("friends", _seed()), ("notifications", _existing()), ("events", _events())):
        for name, golden in made:
            yield door, name, golden


def _golden(words: str, said: dict[str, Any]) -> Golden:
    return {"direction": "server", "about": words, "frame": said}


def _seed() -> Iterator[tuple[str, Golden]]:
    for name in sorted(PASSED_ON):
        event = registered()[name]
        from_user = frame(event)["from_user"]
        yield name, _golden(about(event), seed_frame(name, from_user))


def _existing() -> Iterator[tuple[str, Golden]]:
    yield "connection_established", _golden("The first frame: who connected is let in.", CONNECTED)
    for name, event in registered().items():
        if issubclass(event, Notification):
            said = existing_frame(event.example(), seq=SEQ, at=frame(event)["at"], user_id=NOBODY)
            if said is not None:
                yield name, _golden(about(event), msgspec.json.decode(msgspec.json.encode(said)))


def _events() -> Iterator[tuple[str, Golden]]:
    here = Cursor("k3f9", SEQ)
    entry = json.dumps(frame(registered()["friend_accepted"])).encode()
    page = Answer(here, SEQ, more=False, frames=[entry])
    lost = Answer(here, SEQ, more=False, frames=[], reset="trimmed")
    yield "page", _golden("The answer to a poll: what came after the cursor, and where to go on.", _read(page))
    yield (
        "page.reset",
        _golden("The answer to a cursor that does not hold: take snapshots, go on here.", _read(lost)),
    )
    farewell = json.loads(protocol.farewell(CloseCode.REVOKED, "This login has ended."))
    yield "close", _golden("The last event of Server-Sent Events: why, by the codes of the WebSocket.", farewell)


def _read(answer: Answer) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(answer.encode())
    return made
