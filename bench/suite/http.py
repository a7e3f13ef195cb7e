"""One kept-alive HTTP connection that signs its requests with a bearer token."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any


def tokens(hellos: Path) -> list[str]:
    """The access tokens in a file of hello frames, in order of the users."""
    return [json.loads(line)["token"] for line in hellos.read_text().splitlines()]


KEPT = 2.0
"""Seconds after which a connection that was not used is opened anew: servers close theirs after five."""


class Http:
    """Requests to one local server."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._used = time.monotonic()

    def ask(self, method: str, path: str, *, token: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        if time.monotonic() - self._used > KEPT:
            self._connection.close()
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self._used = time.monotonic()
        return answer.status, text

    def close(self) -> None:
        self._connection.close()
