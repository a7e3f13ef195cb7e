"""Writers for chaos: each does one numbered thing after the other, under a key that makes asking twice harmless.

What a writer heard is logged: `ok`, `fail` (surely not done) or `unknown` (no answer). An unknown thing is asked for again
with the same key until there is an answer, or given up, as real users do.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Heard = Literal["ok", "fail", "unknown"]


@dataclass
class Deed:
    """One thing a writer wanted done."""

    key: str
    writer: int
    number: int
    to: tuple[int, ...]
    heard: Heard = "unknown"
    began: float = field(default_factory=time.monotonic)
    asked: int = 0
    seconds: float = 0.0
    answered: float | None = None
    """When it was confirmed."""
    statuses: list[int] = field(default_factory=list)


class Writer:
    """Writes `count` notes to random audiences, over any of `servers`.

    `reach` says how many people a note is for, at least and at most; without it, any number of the audience. By `"worker"`,
    a job carries the note to them.
    """

    def __init__(
        self,
        number: int,
        *,
        servers: Sequence[str],
        audience: Sequence[int],
        count: int,
        seed: int,
        pause: float = 0.0,
        gives_up: float = 0.0,
        fails: float = 0.0,
        pad: int = 0,
        reach: tuple[int, int] | None = None,
        by: str = "",
    ) -> None:
        self.number = number
        self.servers = list(servers)
        self.audience = list(audience)
        self.count = count
        self.pause = pause
        self.gives_up = gives_up
        self.fails = fails
        self.pad = "x" * pad
        self.reach = reach or (1, len(self.audience))
        self.by = by
        self.deeds: list[Deed] = []
        self.unexpected: list[str] = []
        self._dice = random.Random(seed * 1_000 + number)
        self._run = seed
        self._ending = threading.Event()
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True, name=f"writer {number}")

    def begin(self) -> "Writer":
        self._thread.start()
        return self

    @property
    def done(self) -> int:
        return sum(deed.heard == "ok" for deed in self.deeds)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def finish(self, *, within: float) -> None:
        """Wait until everything is written."""
        self._thread.join(within)
        if self._thread.is_alive():
            self._ending.set()
            self._thread.join(15)
            raise AssertionError(f"writer {self.number} has done {self.done} of {self.count} in {within} s")

    def enough(self) -> None:
        """Begin nothing more; what is begun is asked for until there is an answer."""
        self._enough.set()

    def stop_soon(self) -> None:
        """Ask for nothing more, not even for what has no answer yet."""
        self._ending.set()
        self._enough.set()

    def end(self) -> None:
        """Stop, and wait for the answer under way."""
        self.stop_soon()
        self._thread.join(15)

    def _write(self) -> None:
        for number in range(1, self.count + 1):
            if self._ending.is_set() or self._enough.is_set():
                return
            to = tuple(sorted(self._dice.sample(self.audience, self._dice.randint(*self.reach))))
            deed = Deed(f"{self._run}-{self.number}-{number}", self.number, number, to)
            self.deeds.append(deed)
            then = self._dice.choice(("refuse", "break")) if self._dice.random() < self.fails else None
            self._do(deed, then)
            if self.pause:
                self._enough.wait(self._dice.uniform(0, 2 * self.pause))

    def _do(self, deed: Deed, then: str | None) -> None:
        body: dict[str, object] = {"key": deed.key, "to": deed.to, "writer": deed.writer, "number": deed.number}
        if self.pad:
            body["pad"] = self.pad
        if self.by:
            body["by"] = self.by
        if then:
            body["then"] = then
        while not self._ending.is_set():
            deed.asked += 1
            began = time.monotonic()
            status = self._ask(body)
            deed.seconds = max(deed.seconds, time.monotonic() - began)
            deed.statuses.append(status)
            if status in (200, 201):
                deed.heard, deed.answered = "ok", time.monotonic()
                return
            if status == 409:
                deed.heard = "fail"
                return
            if status >= 500 and status != 503:
                self.unexpected.append(f"{deed.key}: {status}")
            if self._dice.random() < self.gives_up:
                return
            self._ending.wait(0.1)

    def _ask(self, body: dict[str, object]) -> int:
        """The status; 0 when there was no answer."""
        place = urlsplit(self._dice.choice(self.servers))
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=8)
        try:
            connection.request("POST", "/lab/note/", json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status
