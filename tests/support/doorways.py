"""One follower at each door of a real server, which only knows whether it has been let in and how it ended.

A login is one thing, and its end must be felt at every door: this is what tests of that open.
"""

import json
import threading
from collections.abc import Callable
from typing import Protocol

import httpx

from tests.support.product import Server, SignedIn
from tests.support.stream_client import StreamClient


class Follower(Protocol):
    """`ended` is a close code, or the status of an HTTP answer; None while it is connected."""

    @property
    def ended(self) -> int | None: ...

    def close(self) -> None: ...


class Socket:
    """A WebSocket that has been welcomed."""

    def __init__(self, client: StreamClient) -> None:
        self.client = client

    @property
    def ended(self) -> int | None:
        return self.client.close_code

    def close(self) -> None:
        self.client.close()


class Answer:
    """An answer that does not end by itself: Server-Sent Events, or a long poll that waits."""

    def __init__(self, server: Server, person: SignedIn, query: str, *, accept: str) -> None:
        self.ended: int | None = None
        headers = {"Authorization": f"Bearer {person.access}", "Accept": accept}
        self._client = httpx.Client(base_url=server.url, headers=headers, timeout=60)
        self._query = query
        self._open = threading.Event()
        self._events = accept == "text/event-stream"
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        if self._events:
            assert self._open.wait(10), "the answer does not begin"

    def _read(self) -> None:
        try:
            with self._client.stream("GET", f"/api/events/?{self._query}") as answer:
                said = 0
                for line in answer.iter_lines():
                    if line.startswith("data: ") and '"caught_up"' in line:
                        self._open.set()
                    if line.startswith("data: ") and '"close"' in line:
                        said = json.loads(line.removeprefix("data: "))["code"]
                self.ended = said or answer.status_code
        except httpx.TransportError:
            self.ended = self.ended or 1006

    def close(self) -> None:
        self._client.close()


def stream(server: Server, person: SignedIn) -> Follower:
    """`/ws/` by token."""
    return Socket(person.stream(server=server))


def stream_by_cookie(server: Server, person: SignedIn) -> Follower:
    """`/ws/` as a browser opens it."""
    return Socket(StreamClient.open(server.ws_url + "/ws/", cookie=person.cookie, origin=server.url))


def friends(server: Server, person: SignedIn) -> Follower:
    """The seed's door; it says nothing, so that it is in shows by its not having been closed."""
    client = StreamClient.connect(
        server.ws_url + "/ws/friends/", cookie=person.cookie, origin=server.url, subprotocol=None
    )
    return Socket(client)


def notifications(server: Server, person: SignedIn) -> Follower:
    """The door of existing clients."""
    client = StreamClient.connect(f"{server.ws_url}/ws/notifications/?token={person.access}", subprotocol=None)
    client.await_type("connection_established")
    return Socket(client)


def events(server: Server, person: SignedIn) -> Follower:
    """Server-Sent Events."""
    return Answer(server, person, f"after={_cursor(server, person)}", accept="text/event-stream")


def long_poll(server: Server, person: SignedIn) -> Follower:
    """A poll that waits."""
    return Answer(server, person, f"after={_cursor(server, person)}&wait=25", accept="application/json")


def _cursor(server: Server, person: SignedIn) -> str:
    headers = {"Authorization": f"Bearer {person.access}"}
    cursor: str = httpx.get(f"{server.url}/api/events/", headers=headers).raise_for_status().json()["cursor"]
    return cursor


DOORWAYS: dict[str, Callable[[Server, SignedIn], Follower]] = {
    "/ws/ by token": stream,
    "/ws/ by cookie": stream_by_cookie,
    "/ws/friends/": friends,
    "/ws/notifications/": notifications,
    "Server-Sent Events": events,
    "long poll": long_poll,
}
