"""`/api/events/` for clients that wait: the long poll and Server-Sent Events, in front of Django.

    application = EventsDoor(get_asgi_application())

A plain poll, a preflight and everything else goes on to the application inside.
"""

import asyncio
from typing import Any

from streams.cursor import MalformedCursor

from .http import ABORT, Asked, HttpConnection, Problem, Receive, Scope, Send, answer_problem, headers_of
from .hub import Hub, current_hub
from .long_poll import LongPoll
from .origin import origin_allowed
from .sse import SseConnection

PATH = "/api/events/"


class EventsDoor:
    """ASGI middleware."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET" and _waits(scope):
            await _serve(scope, receive, send)
        else:
            await self._application(scope, receive, send)


def _waits(scope: Scope) -> bool:
    return _wants_events(scope) or any(part.startswith(b"wait=") for part in scope["query_string"].split(b"&"))


def _wants_events(scope: Scope) -> bool:
    return "text/event-stream" in headers_of(scope).get("accept", "")


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    headers = headers_of(scope)
    origin = headers.get("origin")
    if not origin_allowed(origin, headers.get("host")):
        refusal = Problem(403, "permission_denied", "Pages of this origin may not follow streams here.")
        await answer_problem(send, refusal, origin)
        return
    try:
        asked = Asked.read(scope)
    except MalformedCursor as error:
        await answer_problem(send, Problem(400, "malformed_cursor", str(error)), origin)
        return
    except ValueError as error:
        await answer_problem(send, Problem(400, "invalid", str(error)), origin)
        return
    hub = await current_hub()
    connection = _connection(scope, hub, asked)
    if not hub.join(connection):
        await answer_problem(send, Problem(503, "unavailable", "This server is full or restarting."), origin)
        return
    await _carry(hub, connection, receive, send)


def _connection(scope: Scope, hub: Hub, asked: Asked) -> HttpConnection:
    if _wants_events(scope):
        return SseConnection(hub, asked, abort=(scope.get("extensions") or {}).get(ABORT))
    return LongPoll(hub, asked)


async def _carry(hub: Hub, connection: HttpConnection, receive: Receive, send: Send) -> None:
    """Answer, or stop when the client is gone. What waits to send to it then is let go by the server, or cancelled."""
    hub.arrive(connection, connection.asked.credential)
    gone = asyncio.create_task(connection.until_gone(receive), name="events door, hang-up")
    carrier = asyncio.create_task(connection.carry(send), name="events door")
    try:
        await asyncio.wait({carrier, gone}, return_when="FIRST_COMPLETED")
        if not carrier.done():
            await asyncio.wait({carrier}, timeout=1)
    finally:
        connection.lost()
        gone.cancel()
        carrier.cancel()
        await asyncio.gather(carrier, gone, return_exceptions=True)
