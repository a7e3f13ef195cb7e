"""Emits to python-socketio's rooms from another process: "all", or "send RATE COUNT" to users in turn."""

from __future__ import annotations

import json
import os
import sys
import time

import socketio

manager = socketio.RedisManager(f"redis://127.0.0.1:{os.environ['BENCH_REDIS']}", write_only=True)
users = int(sys.argv[1])


def event() -> dict[str, object]:
    return {"from_user": {"id": 7, "username": "maria".ljust(110, ".")}, "t": time.monotonic_ns()}


def send(rate: float, count: int) -> None:
    began = time.monotonic()
    for sent in range(count):
        if rate and (early := began + sent / rate - time.monotonic()) > 0.0005:
            time.sleep(early)
        manager.emit("friend_accepted", event(), room=f"user_{sent % users + 1}")
    answer = {"answer": "sent", "count": count, "seconds": time.monotonic() - began}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


for line in sys.stdin:
    words = line.split()
    if words[0] == "all":
        manager.emit("friend_accepted", event(), room="everybody")
    elif words[0] == "send":
        send(float(words[1]), int(float(words[2])))
