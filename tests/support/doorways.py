"""One follower at each door of a real server, which only knows whether it has been let in and how it ended.

A login is one thing, and its end must be felt at every door: this is what tests of that open.
"""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import httpx

from tests.support.product import Server, SignedIn
from tests.support.stream_client import StreamClient

Headers = Mapping[str, str] | None


class Follower(Protocol):
    """`ended` is a close code, or the status of an HTTP answer; None while it is connected. `ended_at` is by the monotonic
    clock.
    """

    @property
    def ended(self) -> int | None: ...

    @property
    def ended_at(self) -> float: ...

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What it was sent so far."""

    def close(self) -> None: ...


class Socket:
    """A WebSocket that has been welcomed."""

    def __init__(self, client: StreamClient) -> None:
        self.client = client

    @property
    def ended(self) -> int | None:
        return self.client.close_code

    @property
    def ended_at(self) -> float:
        return self.client.closed_at

    @property
    def frames(self) -> list[dict[str, Any]]:
        return list(self.client.frames)

    def close(self) -> None:
        self.client.close()


class Answer:
    """An answer that does not end by itself: Server-Sent Events, or a long poll that waits."""

    def __init__(self, server: Server, query: str, *, accept: str, headers: Mapping[str, str]) -> None:
        self.ended: int | None = None
        self.ended_at = 0.0
        self.frames: list[dict[str, Any]] = []
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._connection.request("GET", f"/api/events/?{query}", headers={"Accept": accept, **headers})
        self._socket = self._connection.sock
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        if accept == "text/event-stream":
            assert self._begun.wait(10), "the answer does not begin"

    def _read(self) -> None:
        code = 0
        try:
            answer = self._connection.getresponse()
            for line in answer:
                if line.startswith(b"event: caught_up"):
                    self._begun.set()
                if line.startswith(b"data: "):
                    frame = json.loads(line.removeprefix(b"data: "))
                    self.frames.append(frame)
                    if frame["type"] == "close":
                        code = frame["code"]
                if line.startswith(b'{"cursor"'):
                    self.frames += json.loads(line)["entries"]
            code = code or answer.status
        except (OSError, http.client.HTTPException):
            code = code or 1006
        self.ended_at = time.monotonic()
        self.ended = code
        self._begun.set()

    def close(self) -> None:
        """Hang up, as a closed tab does."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._connection.close()
        self._socket.close()


def stream(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """`/ws/` by token."""
    return Socket(StreamClient.open(server.ws_url + "/ws/", token=person.access, headers=headers))


def stream_by_cookie(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """`/ws/` as a browser opens it."""
    return Socket(StreamClient.open(server.ws_url + "/ws/", cookie=person.cookie, origin=server.url, headers=headers))


def friends(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """The seed's door; it says nothing, so that it is in shows by its not having been closed."""
    client = StreamClient.connect(
        server.ws_url + "/ws/friends/", cookie=person.cookie, origin=server.url, subprotocol=None, headers=headers
    )
    return Socket(client)


def notifications(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """The door of existing clients."""
    client = StreamClient.connect(
        f"{server.ws_url}/ws/notifications/?token={person.access}", subprotocol=None, headers=headers
    )
    client.await_type("connection_established")
    return Socket(client)


def events(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """Server-Sent Events."""
    return _follow(server, {**_bearer(person), **(headers or {})}, "text/event-stream")


def events_by_cookie(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """Server-Sent Events, as a browser's EventSource asks for them."""
    return _follow(server, {**_cookie(server, person), **(headers or {})}, "text/event-stream")


def long_poll(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """A poll that waits as long as the server lets it, which is a heartbeat."""
    return _follow(server, {**_bearer(person), **(headers or {})}, "application/json")


def long_poll_by_cookie(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """A poll that waits, by a page."""
    return _follow(server, {**_cookie(server, person), **(headers or {})}, "application/json")


def _follow(server: Server, shown: Mapping[str, str], accept: str) -> Answer:
    here = httpx.get(f"{server.url}/api/events/", headers=shown, timeout=20).raise_for_status().json()["cursor"]
    query = f"after={here}" + ("&wait=90" if accept == "application/json" else "")
    return Answer(server, query, accept=accept, headers=shown)


def _bearer(person: SignedIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.access}"}


def _cookie(server: Server, person: SignedIn) -> dict[str, str]:
    return {"Cookie": person.cookie, "Origin": server.url}


DOORWAYS: dict[str, Callable[[Server, SignedIn, Headers], Follower]] = {
    "/ws/ by token": stream,
    "/ws/ by cookie": stream_by_cookie,
    "/ws/friends/": friends,
    "/ws/notifications/": notifications,
    "Server-Sent Events": events,
    "Server-Sent Events by cookie": events_by_cookie,
    "long poll": long_poll,
    "long poll by cookie": long_poll_by_cookie,
}
