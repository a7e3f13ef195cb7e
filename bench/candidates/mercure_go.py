"""Mercure: its hub as a library in a dozen lines of ours, built by name from the Go module proxy.

The ready-made server is a build of Caddy; this is the same hub behind Go's own HTTP server. Its open-source transports are of
one process, so events are published over HTTP at the very process that delivers them, and that is in its figure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import sys
import urllib.parse

from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, SERVER_CORES
from suite.redis_line import event
from suite.tools import free_port, go_program

HERE = BENCH / "candidates" / "mercure"
PATH = "/.well-known/mercure"
KEY = "for the benchmark only, and long enough for HS256"


def publisher_token() -> str:
    """A JWT that may publish everything."""

    def encoded(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    claims = (
        encoded(b'{"alg":"HS256","typ":"JWT"}') + "." + encoded(json.dumps({"mercure": {"publish": ["*"]}}).encode())
    )
    return claims + "." + encoded(hmac.digest(KEY.encode(), claims.encode(), hashlib.sha256))


class Mercure(Candidate):
    name = "mercure"
    delivery = "one Server-Sent Event to one anonymous subscriber of a topic, published over HTTP at the same process; no history"

    def missing(self) -> str | None:
        go_program("mercure")
        return None

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port, token = free_port(), publisher_token()
        command: list[object] = [go_program("mercure"), f"127.0.0.1:{port}", KEY]
        program = stage.start(self.name, command, cores=SERVER_CORES)
        program.wait_for_port(port)
        line, turn = http.client.HTTPConnection("127.0.0.1", port), itertools.count(1)

        def publish_all() -> None:
            body = urllib.parse.urlencode({"topic": "all", "data": event(seq=next(turn))})
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", PATH, body, headers)
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"mercure answered {answer.status}")

        words: list[object] = [sys.executable, HERE / "publish.py", port, users, token]
        publisher = Dialogue(stage.start("mercure publisher", words, cores=OTHER_CORES, talks=True))
        return Running(
            programs=[program],
            address=Address(ports=(port,), path=f"{PATH}?topic={'all' if shared else 'u%i'}", event="{", sse=True),
            publish_all=publish_all,
            unicast=publisher,
            publishers=[publisher.program],
        )
