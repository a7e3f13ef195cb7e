"""Streams inside this process: people, entries and clients of the HTTP doors, for tests that run a hub on their own event loop.

Imports models, so only test modules import it at their head.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connections

from accounts.actions.sign_in import sign_in_by_tokens
from accounts.models import User
from accounts.people import Person
from friends.actions.accept_request import FriendAccepted
from streams.gateway.events_door import EventsDoor
from streams.read import cursor_of
from streams.record import recording
from tests.support.people import make_person

T = TypeVar("T")


async def in_thread(work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Run database work in a thread and give its connection back."""

    def job() -> T:
        try:
            return work(*arguments, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(job)


@dataclass(frozen=True)
class Member:
    """Somebody with a login."""

    user: User
    token: str

    @property
    def id(self) -> int:
        return self.user.pk


async def member(name: str) -> Member:
    """A new member, signed in."""

    def make() -> Member:
        user = make_person(name)
        return Member(user, sign_in_by_tokens(user, name="a test").access)

    return await in_thread(make)


def record(user_id: int, count: int = 1, *, name: str = "maria") -> None:
    """Append entries to a stream, one transaction each."""
    for number in range(count):
        person = Person(id=900_000 + number, username=f"{name}{number}", first_name="", last_name="")
        with recording() as log:
            log.add(user_id, FriendAccepted(from_user=person))


async def recorded(user_id: int, count: int = 1, **named: Any) -> None:
    """`record` in a thread."""
    await in_thread(record, user_id, count, **named)


async def cursor(user_id: int) -> str:
    """Where a stream stands."""
    return await in_thread(cursor_of, user_id)


async def eventually(condition: Callable[[], object], within: float = 10) -> None:
    """Wait until something holds that nothing announces."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (the thing under test has no event to wait for)
            await asyncio.sleep(0.01)


async def _nothing_here(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


DOOR = EventsDoor(_nothing_here)


@dataclass
class Request:
    """One request to the events door. `reading` is cleared to stop reading, as a phone in a tunnel does."""

    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1"
    method: str = "GET"
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False
    aborted: bool = False

    def __post_init__(self) -> None:
        self.reading = asyncio.Event()
        self.reading.set()
        self.hung_up = asyncio.Event()
        self.changed = asyncio.Condition()
        self.task: asyncio.Task[None] | None = None

    def start(self) -> "Request":
        scope = {
            "type": "http",
            "method": self.method,
            "path": "/api/events/",
            "query_string": self.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in self.headers.items()],
            "client": (self.client, 5),
            "extensions": {"streams.abort": self.abort},
        }
        self.task = asyncio.create_task(DOOR(scope, self._receive, self._send))
        return self

    def abort(self) -> None:
        self.aborted = True
        self.hung_up.set()
        self.reading.set()

    async def _receive(self) -> dict[str, Any]:
        await self.hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: MutableMapping[str, Any]) -> None:
        await self.reading.wait()
        async with self.changed:
            if event["type"] == "http.response.start":
                self.status = event["status"]
                self.answer_headers = {name.decode(): value.decode() for name, value in event["headers"]}
            else:
                self.body += event.get("body", b"")
                self.complete = not event.get("more_body", False)
            self.changed.notify_all()

    async def until(self, condition: Callable[[], object], within: float = 10) -> None:
        """Wait for something about this answer."""
        async with asyncio.timeout(within), self.changed:
            await self.changed.wait_for(condition)

    async def done(self, within: float = 10) -> "Request":
        """Wait for the whole answer."""
        await self.until(lambda: self.complete, within)
        return self

    async def hang_up(self) -> None:
        """The client is gone."""
        self.hung_up.set()
        if self.task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self.task

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came over SSE: name, id and the parsed data of every whole block."""
        blocks = self.body.decode().split("\n\n")[:-1]
        return [_parsed(block) for block in blocks]

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]

    @property
    def seqs(self) -> list[int]:
        return [event["data"]["seq"] for event in self.named("message")]


def _parsed(block: str) -> dict[str, Any]:
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    return {"event": fields.get("event", "message"), "id": fields.get("id"), "data": json.loads(fields["data"])}


def bearer(person: Member) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}", "Host": "localhost"}


def sse(person: Member, query: str = "", **headers: str) -> Request:
    """Follow a stream over Server-Sent Events."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(query, bearer(person) | {"Accept": "text/event-stream"} | named).start()


def long_poll(person: Member, after: str, wait: int = 25, **headers: str) -> Request:
    """Ask and wait."""
    return Request(f"after={after}&wait={wait}", bearer(person) | headers).start()
