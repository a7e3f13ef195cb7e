"""AnyCable-Go without its RPC server, built by name from the Go module proxy: every client may join every stream.

Events reach it through Redis pub/sub, as its own libraries broadcast them.
"""

from __future__ import annotations

import itertools
import json

from suite.candidate import Candidate, Running, Stage
from suite.load_client import Address
from suite.machine import SERVER_CORES
from suite.redis_line import event
from suite.tools import free_port, go_program

PACKAGE = "github.com/anycable/anycable-go/cmd/anycable-go"
CHANNEL = "__anycable__"
UNICAST_BODY = json.dumps({"stream": "u{u}", "data": event(seq="{s}", at_ns="{t}")}, separators=(",", ":"))


def subscription(stream: str) -> str:
    """The frame that joins a public stream."""
    identifier = json.dumps({"channel": "$pubsub", "stream_name": stream}, separators=(",", ":"))
    return json.dumps({"command": "subscribe", "identifier": identifier})


class AnyCable(Candidate):
    name = "anycable-go"
    delivery = "one Action Cable message to one subscriber of a public stream; no sign-in, no numbering, no history"

    def missing(self) -> str | None:
        go_program("anycable", package=PACKAGE)
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port = free_port()
        command: list[object] = [
            *(go_program("anycable", package=PACKAGE), "--host", "127.0.0.1", "--port", port),
            *("--public", "--norpc", "--log_level", "error", "--ping_interval", 25, "--shutdown_timeout", 1),
            *("--broadcast_adapter", "redis", "--redis_url", f"redis://127.0.0.1:{stage.redis_port}"),
        ]
        program = stage.start(self.name, command, cores=SERVER_CORES)
        program.wait_for_port(port)
        hellos = stage.scratch(self.name) / "hellos"
        hellos.write_text("".join(subscription("all" if shared else f"u{n}") + "\n" for n in range(1, users + 1)))
        turn = itertools.count(1)
        return Running(
            programs=[program],
            address=Address(
                ports=(port,),
                path="/cable",
                headers=("Sec-WebSocket-Protocol: actioncable-v1-json",),
                hellos=hellos,
                hello_after_first_frame=True,
                ready='"type":"confirm_subscription"',
                event='{"identifier":',
                ping='{"type":"ping"',
            ),
            publish_all=lambda: stage.publish_to_subscriber(
                CHANNEL, json.dumps({"stream": "all", "data": event(seq=next(turn))})
            ),
            unicast=stage.publisher(CHANNEL, UNICAST_BODY, users),
        )
