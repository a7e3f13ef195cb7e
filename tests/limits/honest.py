"""Honest clients, and how long a note takes to reach all of them: what an attack must not change."""

import asyncio
import http.client
import json
import statistics
import time
from collections.abc import Sequence

from tests.limits.wire import CLOSE, TEXT, Target, Wire, text

PAUSE = 0.05
"""Seconds between two notes."""


class Crowd:
    """Clients that follow their streams with tokens `target.tokens`, several for each."""

    def __init__(self, target: Target, audience: Sequence[int], *, devices: int, pad: int = 0) -> None:
        self.target = target
        self.audience = list(audience)
        self.devices = devices
        self.pad = "x" * pad
        self.sent: dict[str, float] = {}
        self.took: dict[str, list[float]] = {}
        self.lost_connections = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._number = 0

    async def __aenter__(self) -> "Crowd":
        for token in self.target.tokens:
            wires = await asyncio.gather(*(self._enter(token) for _ in range(self.devices)))
            self._tasks += [asyncio.create_task(self._follow(wire)) for wire in wires]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def size(self) -> int:
        return len(self._tasks)

    async def _enter(self, token: str) -> Wire:
        wire = await Wire.open(self.target)
        await wire.upgrade(self.target)
        await wire.hello(token)
        return wire

    async def _follow(self, wire: Wire) -> None:
        seq = 0
        try:
            while True:
                opcode, payload = await wire.receive(600)
                if opcode == CLOSE:
                    break
                if opcode != TEXT or not payload.startswith(b'{"seq":'):
                    if payload.startswith(b'{"type":"ping"'):
                        wire.writer.write(text(type="pong"))
                    continue
                now = time.perf_counter()
                entry = json.loads(payload)
                assert seq in (0, entry["seq"] - 1), f"{entry['seq']} after {seq}"
                seq = entry["seq"]
                self.took[entry["key"]].append(now - self.sent[entry["key"]])
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            wire.drop()
        self.lost_connections += 1

    async def listen_for(self, seconds: float) -> tuple[float, float]:
        """Write notes for so long: median and 99th percentile of the seconds from the request to a client."""
        keys = []
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            keys.append(await asyncio.to_thread(self._write))
            await asyncio.sleep(PAUSE)
        for _ in range(200):
            if all(len(self.took[key]) == self.size for key in keys):
                break
            await asyncio.sleep(0.05)
        missing = sum(self.size - len(self.took[key]) for key in keys)
        assert not missing, (
            f"{missing} deliveries of {len(keys)} notes missing, {self.lost_connections} connections lost"
        )
        cuts = statistics.quantiles([took for key in keys for took in self.took[key]], n=100)
        return cuts[49], cuts[98]

    def _write(self) -> str:
        self._number += 1
        key = f"limits-{id(self)}-{self._number}"
        note = {"key": key, "to": self.audience, "writer": 1, "number": self._number, "pad": self.pad}
        self.took[key] = []
        connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=30)
        self.sent[key] = time.perf_counter()
        try:
            connection.request("POST", "/lab/note/", json.dumps(note), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        assert answer.status == 201, answer.status
        return key
