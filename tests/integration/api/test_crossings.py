"""A request goes to its thread and back once for all of its middleware and the view, not once for each of their hooks."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler

from huddl.handler import OneCrossing

communicator: Any = ApplicationCommunicator

AROUND = 2
"""What Django itself sends to the thread before and after a request: its signals."""

SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "path": "/api/nothing/of/this/name/",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
    "client": ("127.0.0.1", 50_000),
}


async def crossings(handler: ASGIHandler, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often answering one request goes to the thread."""
    counted = 0
    cross: Callable[..., Any] = SyncToAsync.__call__

    async def counting(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal counted
        counted += 1
        return await cross(self, *given, **named)

    monkeypatch.setattr(SyncToAsync, "__call__", counting)
    client = communicator(handler, SCOPE)
    await client.send_input({"type": "http.request", "body": b""})
    assert (await client.receive_output(10))["status"] == 404
    await client.receive_output(10)
    await client.wait(10)
    return counted


async def test_a_request_crosses_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await crossings(OneCrossing(), monkeypatch) <= 1 + AROUND


async def test_djangos_own_handler_crosses_for_every_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await crossings(ASGIHandler(), monkeypatch) > 5 + AROUND
