"""A Redis of the benchmark's own, and the least that can publish to it.

It runs on the measuring core, on a free port, keeps nothing on disk and ends with the scenario. Imports only the suite.
"""

from __future__ import annotations

import json
import socket
import time

from suite.machine import OTHER_CORES
from suite.processes import Program
from suite.tools import free_port, program

CHANNEL = "bench"
EVENT_BYTES = 200


def start_redis() -> tuple[Program, int]:
    port = free_port()
    command = [
        program("redis-server", hint="apt-get install redis-server"),
        *("--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"),
        *("--maxclients", 10000),
        *("--client-output-buffer-limit", "pubsub 512mb 512mb 60"),
    ]
    server = Program("redis", command, cores=OTHER_CORES)
    server.wait_for_port(port)
    return server, port


class RedisLine:
    """One connection that publishes and reads the number of receivers back."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def command(self, *words: bytes | str) -> bytes:
        encoded = [word.encode() if isinstance(word, str) else word for word in words]
        self._socket.sendall(
            b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)
        )
        return self._answers.readline().strip()

    def publish(self, channel: bytes | str, body: bytes | str) -> int:
        return int(self.command(b"PUBLISH", channel, body)[1:])

    def close(self) -> None:
        self._socket.close()


def event(*, seq: int | str, at_ns: int | str | None = None) -> str:
    """An entry of exactly 200 bytes as the wire protocol writes it, with the moment it was sent in member `t`.

    With placeholders for `seq` and `at_ns` (as `publish.c` fills them in) the length is right to a few bytes.
    """
    moment = time.monotonic_ns() if at_ns is None else at_ns
    head = f'{{"seq":{seq},"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted",'
    tail = f'"from_user":{{"id":7,"username":"maria"}},"link":"/people/maria","t":{moment}}}'
    words = '"text":"maria accepted your friend request'
    bare = len(head) + len(words) + 2 + len(tail)
    return head + words + "." * max(0, EVENT_BYTES - bare) + '",' + tail


def seed_person() -> dict[str, object]:
    """The `from_user` of the seed's frame, long enough that its whole frame has about 200 bytes."""
    return {"id": 7, "username": "maria" + "." * 100, "t": time.monotonic_ns()}


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
