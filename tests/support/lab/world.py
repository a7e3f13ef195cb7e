"""One experiment: a product in the lab, people who write, people who follow, and the verdict at the end.

with World(launch, followers=3) as world:
    world.write(200)
    world.servers[0].kill()
    world.servers[0].start()
    world.settle()              # writers end, everybody catches up
world.verdict().assert_clean()
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.support.databases import ROOT
from tests.support.follower import Follower
from tests.support.ledger import Ledger
from tests.support.memory import Memory
from tests.support.node_client import NodeFollower
from tests.support.processes import await_condition
from tests.support.product import PEOPLE, Launch, Product, Server
from tests.support.proxy import Proxy
from tests.support.verdict import Verdict, judge
from tests.support.visitor import Visitor
from tests.support.writers import Writer

QUICK: dict[str, Any] = {"HEARTBEAT": 3, "PONG_TIMEOUT": 2}
"""Heartbeats of a test: a frozen process is noticed in seconds."""
HEALED = 20.0
"""Seconds after the last fault within which everybody must have everything. The bounds of each fault are tighter."""
PAUSE = 30.0
"""Seconds that the real client may stay away between two connections."""
Client = Follower | NodeFollower


def lab_environment(*, streams: Mapping[str, Any] | None = None, **variables: str) -> dict[str, str]:
    """The environment of a lab server."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.support.lab.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'backend'}",
        "LAB_STREAMS": json.dumps(QUICK | dict(streams or {})),
        "ACCESS_TOKEN_MINUTES": "600",
    } | variables


class World:
    """A product with writers and followers."""

    def __init__(
        self,
        launch: Launch,
        *,
        processes: int = 1,
        roles: Sequence[str] = (),
        people: int = PEOPLE,
        followers: int = 3,
        seed: int = 1,
        streams: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        follow: bool = True,
        visit: bool = True,
        node: int = 0,
        transports: str = "websocket",
    ) -> None:
        self.seed = seed
        lab = lab_environment(streams=streams, **dict(env or {}))
        self.product: Product = launch(processes=0 if roles else processes, people=people, env=lab)
        for role in roles:
            self.product.add_server(role)
        self.ledger = Ledger(self.product)
        self.writers: list[Writer] = []
        members = [self.product.person(number) for number in range(followers)]
        self.audience = [person.id for person in members]
        doors = self.playing("serve", "gateway")
        self.followers = [
            Follower(
                user_id=person.id,
                token=person.access,
                urls=[doors[(number + at) % len(doors)].ws_url + "/ws/" for at in range(len(doors))],
                seed=seed * 100 + number,
            )
            for number, person in enumerate(members)
        ]
        self._doors = doors
        self._begins = (follow, visit)
        self._open = ExitStack()
        self.clients = [
            NodeFollower(
                user_id=person.id,
                token=person.access,
                base=doors[0].url,
                folder=self.folder,
                seed=seed * 100 + number,
                transports=transports,
            )
            for number, person in enumerate(members[:node])
        ]
        self.began = self.written = time.monotonic()
        self.memory = Memory(lambda: {one.process.leash.pid for one in self.servers if one.process})
        self.visitor = Visitor(
            self.product.people[-1], servers=lambda: [one.url for one in self.playing("serve", "web")], seed=seed
        )

    @property
    def everybody(self) -> list[Client]:
        """The followers, and the real clients beside them."""
        return [*self.followers, *self.clients]

    def playing(self, *roles: str) -> list[Server]:
        """The servers in one of these roles."""
        return [server for server in self.servers if server.role in roles]

    @property
    def servers(self) -> list[Server]:
        return self.product.servers

    @property
    def folder(self) -> Path:
        return self.product.folder

    def __enter__(self) -> Self:
        follow, visit = self._begins
        with ExitStack() as begun:
            begun.callback(self._end)
            if self.clients and len(self._doors) > 1:  # a real client knows one address
                front = self._open.enter_context(Proxy(*(server.port for server in self._doors)))
                for client in self.clients:
                    client.base = front.url
            for one in self.everybody if follow else ():
                one.begin()
            self.memory.begin()
            if visit:
                self.visitor.begin()
            begun.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        """All of it, whatever becomes of a part; who has never begun has nothing to end."""
        for writer in self.writers:
            writer.stop_soon()
        with ExitStack() as ends:
            ends.callback(self._open.close)
            for one in (*self.everybody, *self.writers, self.visitor, self.memory):
                ends.callback(one.end)

    def write(self, count: int, *, writers: int = 2, servers: list[Server] | None = None, **options: Any) -> None:
        """Begin to write `count` notes, shared by so many writers."""
        for _ in range(writers):
            writer = Writer(
                len(self.writers) + 1,
                servers=[server.url for server in servers or self.playing("serve", "web")],
                audience=self.audience,
                count=count // writers,
                seed=self.seed,
                **options,
            )
            self.writers.append(writer.begin())

    def enough(self) -> None:
        """Writers finish what they are at and begin nothing more."""
        for writer in self.writers:
            writer.enough()

    @property
    def done(self) -> int:
        return sum(writer.done for writer in self.writers)

    def await_done(self, count: int, *, within: float = 30) -> None:
        """Wait until so many notes have been confirmed."""
        await_condition(lambda: self.done >= count, within=within, about=f"{count} notes, {self.done} so far")

    def settle(self, *, writing: float = 60, healing: float = HEALED) -> float:
        """Wait for the writers, then for all followers to have everything; seconds from the first to the last."""
        for writer in self.writers:
            writer.finish(within=writing)
        began = self.written = time.monotonic()
        await_condition(lambda: not self.ledger.unnumbered(), within=healing, about="everything is numbered", every=0.1)
        for follower in self.followers:
            follower.await_seq(
                self.ledger.head(follower.user_id), within=max(1.0, healing - (time.monotonic() - began))
            )
        return time.monotonic() - began

    def settle_clients(self, *, healing: float = HEALED) -> float:
        """Wait for the real clients too, who may pause longer; seconds since the last write."""
        for client in self.clients:
            client.await_seq(self.ledger.head(client.user_id), within=healing + PAUSE)
        return time.monotonic() - self.written

    def await_death(self, server: Server, *, within: float = 60) -> None:
        """Wait until the process has died by itself, as LAB_DIE told it to; it will not when it is started again."""
        await_condition(lambda: not server.running, within=within, about=f"{server.role} dies")
        server.kill()
        server.env.pop("LAB_DIE", None)

    def epoch(self, user_id: int) -> str:
        """The epoch of somebody's stream."""
        return str(self.ledger.rows("SELECT epoch FROM streams_stream WHERE user_id = %s", user_id)[0][0])

    def verdict(self, **options: Any) -> Verdict:
        """Judge everything."""
        verdict = judge(self.ledger, writers=self.writers, followers=self.everybody, **options)
        verdict.broken += self.visitor.unexpected
        return verdict

    def slowest_write(self) -> float:
        """Seconds that the slowest single request took."""
        return max(deed.seconds for writer in self.writers for deed in writer.deeds)

    def logged(self) -> str:
        """Everything the servers have said."""
        return "\n".join(server.output() for server in self.servers)
