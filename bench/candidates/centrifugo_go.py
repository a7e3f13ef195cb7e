"""Centrifugo with its Redis engine, built by name from the Go module proxy.

Two nodes on one Redis: the measured one holds the sockets, the other, on the measuring core, takes the publications over
HTTP, as a web worker's would come from elsewhere.
"""

from __future__ import annotations

import http.client
import json
import sys

from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, SERVER_CORES
from suite.redis_line import event
from suite.tools import free_port, go_program

HERE = BENCH / "candidates" / "centrifugo"
PACKAGE = "github.com/centrifugal/centrifugo/v5"


class Centrifugo(Candidate):
    name = "centrifugo"
    delivery = "one push to one subscriber of a channel, with Centrifugo's Redis engine; no sign-in, no history"

    def missing(self) -> str | None:
        go_program("centrifugo", package=PACKAGE)
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        folder = stage.scratch("centrifugo")
        config = folder / "config.json"
        config.write_text(
            json.dumps(
                {
                    "engine": "redis",
                    "redis_address": f"redis://127.0.0.1:{stage.redis_port}",
                    "client_insecure": True,
                    "api_insecure": True,
                    "log_level": "error",
                    "websocket_disable": False,
                    "client_concurrency": 0,
                }
            )
        )
        port, api = free_port(), free_port()
        binary = go_program("centrifugo", package=PACKAGE)
        command: list[object] = [binary, "--config", config, "--address", "127.0.0.1", "--port"]
        program = stage.start(self.name, [*command, port], cores=SERVER_CORES)
        other = stage.start("centrifugo api", [*command, api], cores=OTHER_CORES)
        program.wait_for_port(port)
        other.wait_for_port(api)
        channel = "all" if shared else "u%d"
        hellos = folder / "hellos"
        hellos.write_text(
            "".join(
                json.dumps({"id": 1, "connect": {}})
                + "\\n"
                + json.dumps({"id": 2, "subscribe": {"channel": channel % user if "%" in channel else channel}})
                + "\n"
                for user in range(1, users + 1)
            )
        )
        line = http.client.HTTPConnection("127.0.0.1", api)

        def publish_all() -> None:
            body = json.dumps({"channel": "all", "data": json.loads(event(seq=1))})
            line.request("POST", "/api/publish", body, {"Content-Type": "application/json"})
            answer = line.getresponse().read()
            if b"error" in answer:
                raise RuntimeError(f"centrifugo refused: {answer[:200]!r}")

        words: list[object] = [sys.executable, HERE / "publish.py", api, users]
        publisher = Dialogue(stage.start("centrifugo publisher", words, cores=OTHER_CORES, talks=True))
        return Running(
            programs=[program],
            address=Address(
                ports=(port,),
                path="/connection/websocket",
                hellos=hellos,
                ready='"subscribe":',
                event='{"push":',
                ping="{}",
                pong="{}",
                lines=True,
            ),
            publish_all=publish_all,
            unicast=publisher,
            publishers=[publisher.program, other],
        )
