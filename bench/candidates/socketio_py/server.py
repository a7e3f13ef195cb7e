"""python-socketio as its documentation sets it up for several processes: Redis manager, a room for each user."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs

import socketio

manager = socketio.AsyncRedisManager(f"redis://127.0.0.1:{os.environ['BENCH_REDIS']}")
server = socketio.AsyncServer(async_mode="asgi", client_manager=manager, transports=["websocket"])
app = socketio.ASGIApp(server)


@server.event
async def connect(sid: str, environ: dict[str, Any]) -> None:
    user = parse_qs(environ["QUERY_STRING"])["user"][0]
    await server.enter_room(sid, f"user_{user}")
    await server.enter_room(sid, "everybody")
