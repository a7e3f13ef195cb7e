"""The ASGI door with an echo behind it, for the Autobahn|Testsuite, under any ASGI server:

uvicorn --ws wsproto tests.conformance.echo_asgi:application
daphne tests.conformance.echo_asgi:application

The framing is the server's; what is tested is that the door brings whole messages out in order, closes as it should, and
breaks nothing. The door knows text only: binary messages pass through it as text behind a sign of their own.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.conformance.settings")
django.setup()

from streams.gateway import websocket_asgi  # noqa: E402 (Django must be set up first)
from tests.conformance.echo_fast import EchoHub  # noqa: E402

Event = MutableMapping[str, Any]
BINARY = "\0binary\0"


class EchoingConnection(websocket_asgi.AsgiConnection):
    """Sends back what comes."""

    __slots__ = ()

    def receive(self, raw: bytes) -> None:
        self.write(raw)


async def echo_hub() -> EchoHub:
    return EchoHub()


websocket_asgi.AsgiConnection = EchoingConnection  # type: ignore[misc]
websocket_asgi.current_hub = echo_hub  # type: ignore[assignment,attr-defined]


async def application(
    scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
) -> None:
    """The door, between two translators."""

    async def receive_text() -> Event:
        event = await receive()
        if event.get("bytes") is not None:
            return {"type": "websocket.receive", "text": BINARY + event["bytes"].decode("latin-1")}
        return event

    async def send_either(event: Event) -> None:
        text = event.get("text")
        if text is not None and text.startswith(BINARY):
            event = {"type": "websocket.send", "bytes": text.removeprefix(BINARY).encode("latin-1")}
        await send(event)

    if scope["type"] == "websocket":
        await websocket_asgi.websocket_door(scope, receive_text, send_either)
    else:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})
