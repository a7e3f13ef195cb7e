"""The same `/ws/` behind three servers: the fast door of `huddl serve`, and the ASGI door under Daphne and under Uvicorn.

The kind `cookie` is the fast door as a browser opens it.
"""

import http.client
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.databases import ROOT, Template
from tests.support.lab.world import lab_environment
from tests.support.processes import Leashed
from tests.support.product import Product, Server, SignedIn, launching
from tests.support.profiles import chosen_profile
from tests.support.stream_client import StreamClient

KINDS = ("fast", "daphne", "uvicorn") if chosen_profile() == "embedded" else ("fast",)
"""Other people's servers do not differ by profile: they are tried on one."""
COMMANDS: dict[str, Callable[[int], list[str]]] = {
    "daphne": lambda port: ["daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", "huddl.asgi:application"],
    "uvicorn": lambda port: [
        *("uvicorn", "--host", "127.0.0.1", "--port", str(port), "--lifespan", "off", "--log-level", "warning"),
        *("--ws-ping-interval", "600", "huddl.asgi:application"),
    ],
}


class AsgiServer(Server):
    """Somebody else's ASGI server with the product's application in it."""

    def __init__(self, kind: str, *, env: dict[str, str], log: Path) -> None:
        super().__init__(kind, env=env, log=log)
        self.kind = kind

    def start(self, *, within: float = 60) -> None:
        command = [sys.executable, "-m", *COMMANDS[self.kind](self.port)]
        self.process = Leashed(command, log=self.log, env=self.env, cwd=ROOT)
        self.process.await_ready(self.ready, within=within, about=f"{self.kind} answers")

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@dataclass
class Door:
    """One server, and people at it. `fresh()` gives somebody nobody has been yet, so that limits are whole."""

    kind: str
    product: Product
    server: Server
    _next: Iterator[int]

    @property
    def url(self) -> str:
        return self.server.ws_url + "/ws/"

    @property
    def by_cookie(self) -> bool:
        return self.kind == "cookie"

    @property
    def is_fast(self) -> bool:
        return self.kind in ("fast", "cookie")

    def fresh(self) -> SignedIn:
        number = next(self._next)
        if self.by_cookie:
            return self.product.login(self.product.people[number], server=self.server)
        return self.product.person(number, server=self.server)

    def open(self, person: SignedIn, resume: str | None = None) -> StreamClient:
        if self.by_cookie:
            shown = {"cookie": person.cookie, "origin": self.server.url}
            return StreamClient.open(self.url, resume=resume, **shown)
        return StreamClient.open(self.url, token=person.access, resume=resume)

    def connect(self, **options: Any) -> StreamClient:
        return StreamClient.connect(self.url, **options)

    def approach(self, person: SignedIn) -> StreamClient:
        """Connect and say nothing yet; a browser's cookie is there from the beginning."""
        return self.connect(cookie=person.cookie, origin=self.server.url) if self.by_cookie else self.connect()

    def hello(self, person: SignedIn) -> dict[str, Any]:
        """What this person says first."""
        return {"type": "hello"} if self.by_cookie else {"type": "hello", "token": person.access}

    def write(self, person: SignedIn, count: int = 1, *, first: int = 1, pad: int = 0) -> None:
        """Write notes to one person."""
        for number in range(first, first + count):
            body = {"key": f"{person.id}-{number}", "to": [person.id], "writer": person.id, "number": number}
            person.post("/lab/note/", **body, pad="x" * pad)

    def tracebacks(self) -> list[str]:
        """Lines of the log that no bad input may cause."""
        return [line for line in self.server.output().splitlines() if "Traceback" in line or '"level": "error"' in line]


class Printing:
    """Takes the logs that `launching` keeps for a failed test; a server of a whole module belongs to no single one."""

    def add_report_section(self, when: str, name: str, text: str) -> None:
        print(f"--- {name}\n{text}")


@contextmanager
def opened(kind: str, template: Template, folder: Path, *, people: int = 40, **streams: Any) -> Iterator[Door]:
    """A server of this kind, for as long as the block lasts."""
    with launching(template, lambda: folder / kind, cast("pytest.Item", Printing())) as launch:
        env = lab_environment(streams=streams) | {"ALLOWED_HOSTS": "localhost,127.0.0.1,testserver"}
        ours = kind in ("fast", "cookie")
        product = launch(processes=1 if ours else 0, people=people, env=env)
        if not ours:
            server = AsgiServer(kind, env=product.env, log=product.folder / f"{kind}.log")
            product.servers.append(server)
            server.start()
        yield Door(kind, product, product.servers[0], iter(range(people)))
