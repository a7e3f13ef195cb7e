"""Rights to watch a topic end while it is watched, while it is being asked for, and while the database is away."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
from django.db import OperationalError

from streams.bus import WATCH_AGAIN, Ended, Whisper
from streams.bus.memory import MemoryBus
from streams.gateway import ephemeral
from streams.gateway.hub import Hub
from streams.gateway.identity import Identity
from tests.support.awaiting import until
from tests.support.delivery_world import KeepingDoor, Table

LIKES = b'{"type":"post_activity","post_id":%d,"likes":1,"comments":0,"version":1}'


class Rights:
    """Which topics may be watched; `before_answering` happens in the thread that has looked and not yet answered."""

    def __init__(self, *topics: str) -> None:
        self.topics = set(topics)
        self.failing = 0
        self.before_answering: Callable[[], None] | None = None

    def watchable(self, user_id: int, topics: Iterable[str]) -> set[str]:
        if self.failing:
            self.failing -= 1
            raise OperationalError("gone")
        found = self.topics & set(topics)
        if self.before_answering is not None:
            happen, self.before_answering = self.before_answering, None
            happen()
        return found


@pytest.fixture
def rights(monkeypatch: pytest.MonkeyPatch) -> Rights:
    made = Rights("post:1", "post:2")
    monkeypatch.setattr(ephemeral, "watchable", made.watchable)
    monkeypatch.setattr(ephemeral, "RETRY", 0.02)
    return made


@pytest.fixture
async def hub(rights: Rights) -> AsyncIterator[Hub]:
    made = Hub(MemoryBus())
    await made.bus.listen(made.on_signals, lambda: None)
    yield made
    made._threads.shutdown()


def come(hub: Hub, user_id: int) -> KeepingDoor:
    door = KeepingDoor(hub)  # type: ignore[arg-type]
    assert hub.join(door)
    hub._register(door, Identity(user_id, user_id, None))
    door.located(Table().position)
    return door


def told_of(door: KeepingDoor) -> list[int]:
    return [frame["post_id"] for frame in door.frames if frame["type"] == "post_activity"]


async def watching(door: KeepingDoor) -> None:
    door.say({"type": "watch", "topics": ["post:1", "post:2"]})
    await until(lambda: door.topics == {"post:1", "post:2"})


async def test_who_may_no_longer_watch_a_topic_is_told_nothing_of_it_and_not_why(hub: Hub, rights: Rights) -> None:
    door, other = come(hub, 7), come(hub, 8)
    for one in (door, other):
        await watching(one)
    rights.topics = {"post:2"}
    hub.bus.publish([Ended(7, [0], WATCH_AGAIN)])
    await until(lambda: door.topics == {"post:2"})
    hub.bus.publish([Whisper([], f"post:{post}", LIKES % post) for post in (1, 2)])
    await until(lambda: told_of(other) == [1, 2])
    assert told_of(door) == [2]
    assert [frame["type"] for frame in door.frames] == ["welcome", "post_activity"]
    assert not door.closed


async def test_a_right_that_ends_while_it_is_asked_for_is_asked_for_again(hub: Hub, rights: Rights) -> None:
    door = come(hub, 7)

    def end() -> None:
        rights.topics = set()
        hub.loop.call_soon_threadsafe(hub.end, Ended(7, [0], WATCH_AGAIN))
        time.sleep(0.05)

    rights.before_answering = end
    door.say({"type": "watch", "topics": ["post:1"]})
    await until(lambda: any(frame.get("code") == "unknown_topic" for frame in door.frames))
    assert not door.topics


async def test_a_question_that_fails_on_the_database_is_asked_again(hub: Hub, rights: Rights) -> None:
    door = come(hub, 7)
    await watching(door)
    rights.topics, rights.failing = {"post:1"}, 2
    hub.end(Ended(7, [0], WATCH_AGAIN))
    await until(lambda: door.topics == {"post:1"})


async def test_nothing_is_asked_about_who_watches_nothing(hub: Hub, rights: Rights) -> None:
    door = come(hub, 7)
    rights.failing = 1
    hub.end(Ended(7, [0], WATCH_AGAIN))
    await asyncio.sleep(0.05)
    assert rights.failing == 1
    assert not door.closed
