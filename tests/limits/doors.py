"""Every door by its name, and what each door's own tests need to open it."""

import contextlib
from collections.abc import Callable, Mapping

from websockets.exceptions import ConnectionClosed

from tests.support.doorways import DOORWAYS, Follower, Headers, Socket
from tests.support.product import Server, SignedIn
from tests.support.stream_client import Silent, StreamClient

TOKEN, COOKIE = "/ws/ by token", "/ws/ by cookie"
UVICORN, DAPHNE = "/ws/ under Uvicorn", "/ws/ under Daphne"
FRIENDS, NOTIFICATIONS = "/ws/friends/", "/ws/notifications/"
SSE, SSE_COOKIE = "Server-Sent Events", "Server-Sent Events by cookie"
LONG, LONG_COOKIE = "long poll", "long poll by cookie"
POLL, POLL_COOKIE = "poll", "poll by cookie"
DOORS = (
    *(TOKEN, COOKIE, UVICORN, DAPHNE, FRIENDS, NOTIFICATIONS),
    *(SSE, SSE_COOKIE, LONG, LONG_COOKIE, POLL, POLL_COOKIE),
)
STREAM = (TOKEN, COOKIE, UVICORN, DAPHNE)
FAST = (TOKEN, COOKIE)
CHANNELS = (FRIENDS, NOTIFICATIONS)
HTTP = (SSE, SSE_COOKIE, LONG, LONG_COOKIE, POLL, POLL_COOKIE)
WAITING = (SSE, SSE_COOKIE, LONG, LONG_COOKIE)
POLLS = (POLL, POLL_COOKIE)
ONE_OF_EACH = (TOKEN, DAPHNE, NOTIFICATIONS, SSE, LONG, POLL)
"""One door of each make."""
SERVERS = {UVICORN: "uvicorn", DAPHNE: "daphne"}
"""Doors of somebody else's server, and its name."""


def shown(person: SignedIn, *, by_cookie: bool) -> dict[str, str]:
    """The headers by which a person signs in to a request."""
    if by_cookie:
        return {"Authorization": "", "Cookie": person.cookie, "Origin": person.server.url}
    return {"Authorization": f"Bearer {person.access}"}


def _under_another_server(server: Server, person: SignedIn, headers: Headers = None) -> Follower:
    """A full server may say so only after the handshake."""
    client = StreamClient.connect(server.ws_url + "/ws/", headers=headers)
    with contextlib.suppress(ConnectionClosed, Silent):
        client.send({"type": "hello", "token": person.access})
        client.await_type("welcome")
    return Socket(client)


FOLLOWERS: Mapping[str, Callable[[Server, SignedIn, Headers], Follower]] = {
    **DOORWAYS,
    UVICORN: _under_another_server,
    DAPHNE: _under_another_server,
}
"""Every door that can be held."""
