"""The fast door with an echo behind it, for the Autobahn|Testsuite: `python -m tests.conformance.echo_fast PORT`.

Everything between the socket and the protocol is the product's own: Uvicorn's head parser, the upgrade, the framing, pongs,
the closing handshake, the straight writes to the kernel. Only what a message means is replaced, by sending it back; a binary
message too, which the product refuses with 1003.
"""

import asyncio
import os
import sys
from typing import Any, cast

import django
import uvicorn
import uvloop


class EchoHub:
    """As much of a hub as a connection needs that never says hello."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.stalled: dict[object, None] = {}

    def join(self, connection: object) -> bool:
        return True

    def leave(self, connection: object) -> None:
        self.stalled.pop(connection, None)


async def no_http(scope: Any, receive: Any, send: Any) -> None:
    """There is nothing here but the socket."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def serve(port: int) -> None:
    from streams.gateway import rfc6455, websocket_fast
    from streams.gateway.hub import Hub

    class EchoingConnection(websocket_fast.FastConnection):
        """Sends back what comes."""

        __slots__ = ()

        def receive(self, raw: bytes) -> None:
            if not self.closed:
                self.write(raw)

        def receive_binary(self, raw: bytes) -> None:
            if not self.closed:
                self._send(rfc6455.frame(rfc6455.BINARY, raw))

    websocket_fast.FastConnection = EchoingConnection  # type: ignore[misc]
    config = uvicorn.Config(
        no_http,
        host="127.0.0.1",
        port=port,
        http=websocket_fast.with_hub(cast("Hub", EchoHub())),
        lifespan="off",
        log_level="warning",
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.conformance.settings")
    django.setup()
    uvloop.run(serve(int(sys.argv[1])))
