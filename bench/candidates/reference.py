"""H: the C program that does nothing but the system calls (`c/reference.c`)."""

from __future__ import annotations

from suite.candidate import Candidate, Running, Stage
from suite.load_client import Address
from suite.machine import SERVER_CORES
from suite.redis_line import CHANNEL, event
from suite.tools import c_tool, free_port

UNICAST_BODY = "u {u}\\n" + event(seq="{s}", at_ns="{t}")


class Reference(Candidate):
    name = "reference"
    delivery = (
        "one write() of a ready frame to one socket; no authentication, no numbering; publish through Redis pub/sub"
    )

    def missing(self) -> str | None:
        c_tool("reference")
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port = free_port()
        command: list[object] = [c_tool("reference"), "--port", port, "--redis", stage.redis_port]
        program = stage.start(self.name, command, cores=SERVER_CORES)
        program.wait_for_port(port)
        seq = iter(range(1, 1 << 60))
        return Running(
            programs=[program],
            address=Address(ports=(port,), path="/ws/?user=%i"),
            publish_all=lambda: stage.publish_to_subscriber(CHANNEL, "a\n" + event(seq=next(seq))),
            unicast=stage.publisher(CHANNEL, UNICAST_BODY, users),
        )
