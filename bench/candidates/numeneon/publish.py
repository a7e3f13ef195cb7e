"""Publishes on the product's own bus from another process, as a web worker does after its commit: "all N".

One `Bus.publish` of one hint with the positions of all users, each the Nth after the place where its stream stood; the bus
spreads it over its channels. "record" writes a real entry for everybody instead, through `recording()`, for the scenarios in
which somebody has to read it again.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import time
from typing import Any

import django
from places import EPOCH, head_of

TAIL = b'"type":"friend_accepted","from_user":{"id":7,"username":"maria"},"text":"maria accepted your friend request'


def body() -> bytes:
    """An entry's body whose frame has 200 bytes, stamped with the moment of publishing."""
    head = b'{"at":"2026-11-23T06:20:01.123456Z",' + TAIL
    tail = b'","link":"/people/maria","t":%d}' % time.monotonic_ns()
    return head + b"." * max(0, 191 - len(head) - len(tail)) + tail


def publish_all(users: int, seq: int) -> None:
    from streams.bus import Hint, current_bus

    positions = [(user, EPOCH, head_of(user) + seq) for user in range(1, users + 1)]
    current_bus().publish([Hint(positions, body())])


@functools.cache
def filler() -> Any:
    """An event of 8 KiB, so that a socket that is not read fills in seconds; of a type that no inbox folds."""
    from streams.events import Event

    class Filler(Event, type="bench_filler", frozen=True, kw_only=True, forbid_unknown_fields=True):
        filling: str

    return Filler(filling="." * 8_000)


def record_all(users: int) -> None:
    """One recorded event for all users: rows, numbers, COMMIT, hint."""
    from streams.record import recording

    with recording() as log:
        log.add(range(1, users + 1), filler())


def obey(order: str, users: int) -> None:
    if order == "record":
        record_all(users)
    else:
        publish_all(users, int(order.removeprefix("all ")))


def serve_in_process(users: int) -> None:
    """The embedded profile's bus is memory: publish from a thread of the server, as its own views do."""
    inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    inbox.bind(("127.0.0.1", int(os.environ["BENCH_PUBLISH_PORT"])))
    while True:
        obey(inbox.recv(64).decode(), users)


def main() -> None:
    django.setup()
    users = int(sys.argv[1])
    for line in sys.stdin:
        obey(line.strip(), users)


if __name__ == "__main__":
    main()
