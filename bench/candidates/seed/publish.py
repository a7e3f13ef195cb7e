"""Sends through the tutorial's channel layer from another process: "all" to user 1's group, or "send RATE COUNT" in turn."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import django
from channels.layers import get_channel_layer


def message() -> dict[str, Any]:
    person = {"id": 7, "username": "maria".ljust(110, "."), "t": time.monotonic_ns()}
    return {"type": "friend_request_accepted", "from_user": person}


async def send(layer: Any, rate: float, count: int, users: int) -> None:
    began = time.monotonic()
    for sent in range(count):
        if rate and (early := began + sent / rate - time.monotonic()) > 0.0005:
            await asyncio.sleep(early)
        await layer.group_send(f"user_{sent % users + 1}", message())
    answer = {"answer": "sent", "count": count, "seconds": time.monotonic() - began}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main() -> None:
    django.setup()
    layer, users = get_channel_layer(), int(sys.argv[1])
    while line := await asyncio.to_thread(sys.stdin.readline):
        words = line.split()
        if words[0] == "all":
            await layer.group_send("user_1", message())
        elif words[0] == "send":
            await send(layer, float(words[1]), int(float(words[2])), users)


asyncio.run(main())
