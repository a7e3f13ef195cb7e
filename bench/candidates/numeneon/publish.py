"""Publishes on the product's own bus from another process, as a web worker does after its commit: "all N".

One `Bus.publish` of one hint with the positions of all users, each the Nth after the place where its stream stood; the bus
spreads it over its channels.
"""

from __future__ import annotations

import os
import socket
import sys
import time

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


def serve_in_process(users: int) -> None:
    """The embedded profile's bus is memory: publish from a thread of the server, as its own views do."""
    inbox = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    inbox.bind(("127.0.0.1", int(os.environ["BENCH_PUBLISH_PORT"])))
    while True:
        publish_all(users, int(inbox.recv(64)))


def main() -> None:
    django.setup()
    users = int(sys.argv[1])
    for line in sys.stdin:
        if line.startswith("all "):
            publish_all(users, int(line.split()[1]))


if __name__ == "__main__":
    main()
