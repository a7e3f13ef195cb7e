"""A crowd before a whole fleet: web, gateways and a worker as processes of their own, or one that is everything.

Somebody writes all the time: to one or two people at random, and, carried by the worker, to everybody.
"""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Self

from tests.support.crowd.crowd import Crowd, Report
from tests.support.lab.arrivals import Arrival, read_arrivals
from tests.support.lab.world import lab_environment
from tests.support.ledger import Ledger
from tests.support.memory import Memory
from tests.support.processes import await_condition
from tests.support.product import Launch, Server
from tests.support.verdict import Verdict, judge
from tests.support.writers import Writer

FLEET = ("web", "gateway", "gateway", "worker")
SHORT, LONG = 300, 5_000


def crowd_size() -> int:
    """Clients of a herd: thousands, a few hundred where CHAOS=short asks for the short form, or as CROWD says."""
    return int(os.environ.get("CROWD", SHORT if os.environ.get("CHAOS") == "short" else LONG))


class Herd:
    """A fleet, its crowd and its writers."""

    def __init__(
        self,
        launch: Launch,
        *,
        people: int,
        roles: Sequence[str] = FLEET,
        drain: float,
        gate: int,
        jitter: bool = True,
        seed: int = 1,
        env: Mapping[str, str] | None = None,
    ) -> None:
        limits = {"HEARTBEAT": 25, "PONG_TIMEOUT": 10, "HANDSHAKES_PER_SECOND": gate}
        self.seed = seed
        variables = lab_environment(streams=limits, **dict(env or {}))
        self.product = launch(processes=0, people=people, env=variables)
        for number, role in enumerate(roles):
            noted = {"LAB_ARRIVALS": str(self.product.folder / f"arrivals-{number}")}
            self.product.add_server(role, env=noted, options=() if role == "worker" else ("--drain", str(drain)))
        self.ledger = Ledger(self.product)
        ports = [server.port for server in self.doors]
        coming = max(1.0, 2 * people / gate / len(ports))
        self.crowd = Crowd(self.product.people, ports, self.product.folder, seed=seed, jitter=jitter, coming=coming)
        self.writers: list[Writer] = []
        self.memory = Memory(lambda: {one.process.leash.pid for one in self.servers if one.process})

    @property
    def servers(self) -> list[Server]:
        return self.product.servers

    @property
    def doors(self) -> list[Server]:
        """The servers that hold sockets."""
        return [server for server in self.servers if server.role in ("gateway", "serve")]

    def of(self, role: str) -> list[Server]:
        """The servers of a role."""
        return [server for server in self.servers if server.role == role]

    def __enter__(self) -> Self:
        self.crowd.__enter__()
        self.memory.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.memory.end()
        for writer in self.writers:
            writer.end()
        self.crowd.__exit__()

    def write(self, few: int, *, everybody: int, over: float) -> None:
        """Begin to write `few` notes to one or two people each, and `everybody` that are for all, over so many seconds."""
        everyone = [one.id for one in self.product.people]
        doors = [server.url for server in self.servers if server.role in ("web", "serve")]
        to_few, to_all = (1, 2), (len(everyone), len(everyone))
        halves = [(few // 2, to_few, "")] * 2
        for number, (count, reach, by) in enumerate([*halves, (everybody, to_all, "worker")], start=1):
            writer = Writer(
                number,
                servers=doors,
                audience=everyone,
                count=count,
                seed=self.seed,
                pause=over / count,
                reach=reach,
                by=by,
            )
            self.writers.append(writer.begin())

    def settle(self, *, writing: float, healing: float) -> float:
        """Wait for the writers, the worker, and for everybody to have everything; seconds from the first to the last."""
        for writer in self.writers:
            writer.finish(within=writing)
        began = time.monotonic()
        await_condition(lambda: self._told(), within=healing, about="the worker has told everybody", every=0.1)
        self.crowd.await_live(within=healing)
        self.crowd.await_heads(self.ledger.heads(), within=healing)
        return time.monotonic() - began

    def _told(self) -> bool:
        ((left,),) = self.ledger.rows("SELECT COUNT(*) FROM streams_job WHERE kind = 'lab.tell'")
        return not left and not self.ledger.unnumbered()

    def arrivals(self, server: Server) -> list[Arrival]:
        """The handshakes that came to the gate of a server, over all its starts."""
        return list(read_arrivals(self.product.folder / f"arrivals-{self.servers.index(server)}"))

    def verdict(self, report: Report) -> Verdict:
        """Judge everything."""
        return judge(self.ledger, writers=self.writers, followers=report.members)
