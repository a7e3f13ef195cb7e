"""python-socketio with its Redis manager, on Uvicorn."""

from __future__ import annotations

import sys

from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, SERVER_CORES
from suite.tools import free_port, python_packages

HERE = BENCH / "candidates" / "socketio_py"


class PythonSocketIo(Candidate):
    name = "python-socketio"
    delivery = "one socket.io event to one member of a room, emitted by another process through AsyncRedisManager"

    def missing(self) -> str | None:
        python_packages()
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port = free_port()
        environment = {"PYTHONPATH": f"{python_packages()}:{HERE}", "BENCH_REDIS": str(stage.redis_port)}
        server: list[object] = [sys.executable, "-m", "uvicorn", "server:app", "--port", port, "--no-access-log"]
        server += ["--loop", "uvloop", "--log-level", "warning", "--backlog", 4096]
        program = stage.start(self.name, server, cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        words: list[object] = [sys.executable, HERE / "publish.py", users]
        publisher = Dialogue(
            stage.start("python-socketio publisher", words, cores=OTHER_CORES, environment=environment, talks=True)
        )
        hello = stage.scratch("python-socketio") / "hello"
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
