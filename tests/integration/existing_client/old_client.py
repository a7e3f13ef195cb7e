"""A client that was written before any of this: REST by api.md's words, and a socket that is told things.

It sends nothing on the socket, knows no heartbeat and no sequence, drops nothing that comes twice, and reconnects with the
token of its last page load. It reads `error` and lists of words at top level when something is wrong.
"""

import time
from typing import Any, Self

import httpx

from tests.support.stream_client import StreamClient

PEOPLE = {"id", "username", "first_name", "last_name"}


class OldClient:
    """Somebody with an old app."""

    def __init__(self, url: str, ws_url: str) -> None:
        self.ws_url = ws_url
        self.http = httpx.Client(base_url=url, timeout=20)
        self.access = ""
        self.refresh = ""
        self.socket: StreamClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.away()
        self.http.close()

    def sign_up(self, name: str) -> dict[str, Any]:
        """Sign up and sign in, as the old app's form does."""
        form = {
            "username": name,
            "email": f"{name}@example.com",
            "password": "a-long-enough-secret",
            "display_name": f"{name.title()} Lind",
        }
        user: dict[str, Any] = self.post("/api/auth/signup/", form, status=201)["user"]
        pair = self.post("/api/auth/login/", {"email": form["email"], "password": form["password"]})
        self.access, self.refresh = pair["access"], pair["refresh"]
        return user

    def post(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> Any:
        return self._call("POST", path, body, status)

    def get(self, path: str, *, status: int = 200) -> Any:
        return self._call("GET", path, None, status)

    def _call(self, method: str, path: str, body: dict[str, Any] | None, status: int) -> Any:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    # The socket.

    def listen(self) -> None:
        """Open the socket, with the token in the address, as a page load does."""
        address = f"{self.ws_url}/ws/notifications/?token={self.access}"
        self.socket = StreamClient.connect(address, subprotocol=None)
        self.socket.await_type("connection_established")

    def away(self) -> None:
        """The laptop is closed."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def told(self, kind: str, *, count: int = 1) -> dict[str, Any]:
        """The data of the `count`-th event of a type, which must come."""
        assert self.socket is not None
        frame = self.socket.await_type(kind, count=count)
        assert set(frame) == {"type", "data", "seq"}
        data: dict[str, Any] = frame["data"]
        return data

    def events(self) -> list[str]:
        """The types of all events so far."""
        assert self.socket is not None
        return [frame["type"] for frame in list(self.socket.frames) if frame["type"] != "connection_established"]

    def hears_no_more(self, seconds: float = 0.7) -> list[str]:
        """What has come, after a while in which more would have."""
        time.sleep(seconds)
        return self.events()
