"""Somebody who uses the product's own pages through whatever happens, and minds how she is refused.

The writers of an experiment have an address of their own; real views have sessions, caches, limits and jobs behind them. A
fault may delay or refuse her, but a refusal is a 503 that says when to come back, never an error of the program.
"""

import http.client
import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from tests.support.databases import Person

PAUSE = 0.15
READS = ("/api/auth/me/", "/api/friends/", "/api/notifications/", "/api/posts/", "/api/messages/conversations/")


class Visitor:
    """Reads, and posts now and then, at any of `servers`, which are asked for anew each time."""

    def __init__(self, person: Person, *, servers: Callable[[], Sequence[str]], seed: int) -> None:
        self.servers = servers
        self.unexpected: list[str] = []
        self.answers: Counter[int] = Counter()
        """How many answers of each status; 0 is none at all."""
        self._dice = random.Random(seed)
        self._headers = {"Authorization": f"Bearer {person.access}", "Content-Type": "application/json"}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True, name="visitor")

    def begin(self) -> "Visitor":
        self._thread.start()
        return self

    def end(self) -> None:
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def _visit(self) -> None:
        for number in itertools.count(1):
            if self._ending.wait(PAUSE):
                return
            if number % 4:
                self._ask("GET", self._dice.choice(READS))
            else:
                self._ask("POST", "/api/posts/", {"content": f"visit {number}"})

    def _ask(self, method: str, address: str, body: dict[str, str] | None = None) -> None:
        servers = self.servers()
        if not servers:
            return
        place = urlsplit(self._dice.choice(servers))
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=8)
        try:
            connection.request(method, address, None if body is None else json.dumps(body), self._headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            self.answers[0] += 1
            return
        finally:
            connection.close()
        self.answers[answer.status] += 1
        fine = answer.status < 300 or (answer.status == 503 and answer.getheader("Retry-After"))
        if not fine:
            self.unexpected.append(f"{method} {address}: {answer.status} {said[:120]!r}")
