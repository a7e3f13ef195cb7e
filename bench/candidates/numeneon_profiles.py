"""The product itself, in both profiles: authentication, cursor, gap check and metrics on, as it is shipped.

Other than for every other candidate, each socket is a user of its own, and each user's frame carries that user's own number.
"""

from __future__ import annotations

import dataclasses
import itertools
import socket
import sys
from pathlib import Path

from suite.candidate import Candidate, Running, Stage
from suite.dialogue import Dialogue
from suite.http import tokens
from suite.load_client import Address
from suite.machine import BENCH, OTHER_CORES, ROOT, SERVER_CORES
from suite.postgres import available, start_postgres
from suite.processes import Program
from suite.redis_line import event
from suite.tools import free_port

HERE = BENCH / "candidates" / "numeneon"
BUCKETS = 64
EPOCH = "bench"
# MessagePack of streams.bus.Hint: ["h", [[user, epoch, seq]], body]
HINT = r"\x93\xa1h\x91\x93\xce{U}\xa5bench\xce{S}\xc6{n}"


def environment_for(stage: Stage, name: str) -> dict[str, str]:
    return {
        "PYTHONPATH": f"{HERE}:{ROOT / 'backend'}",
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "HUDDL_DATA_DIR": str(stage.scratch(name.replace(" ", "-"))),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "HTTPS": "off",
        "LOG_LEVEL": "WARNING",
        "THROTTLE_FACTOR": "1000000",
        "SECRET_KEY": "for the benchmark only, and long enough for HS256",
    }


class Product(Candidate):
    """What both profiles share."""

    path = "/ws/"
    role = "serve"
    missed = 0
    """Entries that every socket has missed and asks for when it connects."""

    def serve(self, port: int) -> list[object]:
        """The command of one server process; it need not say goodbye to its clients."""
        words: list[object] = [sys.executable, HERE / "serve.py", self.role]
        return [*words, "--host", "127.0.0.1", "--port", port, "--drain", "0"]

    def prepare(self, stage: Stage, environment: dict[str, str], people: int, *extra: object) -> Address:
        """Fill the database; returns how to connect as these people (the port is not known yet)."""
        hellos = stage.scratch(self.name.replace(" ", "-")) / "hellos"
        words: list[object] = [sys.executable, HERE / "prepare.py", people, hellos, *extra]
        if self.missed:
            words += ["--entries", self.missed, "--behind", self.missed]
        prepared = stage.start(f"{self.name} prepare", words, cores=OTHER_CORES, environment=environment)
        if prepared.wait(300):
            raise RuntimeError(prepared.last_words())
        return Address(
            ports=(0,),
            path=self.path,
            headers=("Sec-WebSocket-Protocol: numeneon.v1",),
            hellos=hellos,
            ready='"type":"caught_up"' if self.missed else '"type":"welcome"',
            ping='{"type":"ping"',
            pong='{"type":"pong"}',
        )


def unicast_body() -> str:
    """The body of a hint's entry for `publish.c`: the common event without its seq."""
    return "{" + event(seq=1, at_ns="{t}").partition(",")[2]


class Embedded(Product):
    name = "numeneon embedded"
    delivery = "one numbered entry to one signed-in user's socket; published by a thread of the same process"

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port, ask = free_port(), free_port()
        environment = environment_for(stage, self.name)
        address = self.prepare(stage, environment, users)
        environment |= {"BENCH_PUBLISH_PORT": str(ask), "BENCH_USERS": str(users)}
        program = stage.start(self.name, self.serve(port), cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        outbox, seq = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), itertools.count(1)
        stage.later(outbox.close)

        def say(order: bytes) -> None:
            outbox.sendto(order, ("127.0.0.1", ask))

        return Running(
            programs=[program],
            address=dataclasses.replace(address, ports=(port,)),
            publish_all=lambda: say(b"all %d" % next(seq)),
            record_all=lambda: say(b"record"),
        )


@dataclasses.dataclass
class Lab:
    """The product's surroundings for scenarios that go through its HTTP interface or its Python."""

    environment: dict[str, str]
    address: Address
    folder: Path
    database: Program | None = None
    """PostgreSQL, where it is one."""


def open_lab(stage: Stage, product: Product, *, people: int, postgres: bool) -> Lab:
    """A filled database of either profile; `address` has the hellos, its port is still to be set."""
    environment, database = environment_for(stage, product.name), None
    if postgres:
        database, url = start_postgres(stage.scratch("postgres-" + product.name.replace(" ", "-")))
        stage.later(database.stop)
        environment |= {"DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{stage.redis_port}/0"}
    address = product.prepare(stage, environment, people)
    return Lab(environment, address, stage.scratch(product.name.replace(" ", "-")), database)


class Scaled(Product):
    name = "numeneon scaled"
    role = "gateway"
    prefix = "huddl"
    delivery = "one numbered entry to one signed-in user's socket; published by another process on the Redis bus"

    def missing(self) -> str | None:
        return available()

    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        port = free_port()
        lab = open_lab(stage, self, people=users, postgres=True)
        environment, address = {**lab.environment, "BENCH_REDIS_PREFIX": self.prefix}, lab.address
        program = stage.start(self.name, self.serve(port), cores=SERVER_CORES, environment=environment)
        program.wait_for_port(port)
        talk: list[object] = [sys.executable, HERE / "publish.py", users]
        publisher = Dialogue(
            stage.start(f"{self.name} publisher", talk, cores=OTHER_CORES, environment=environment, talks=True)
        )
        seq = itertools.count(1)
        return Running(
            programs=[program],
            address=dataclasses.replace(address, ports=(port,)),
            publish_all=lambda: publisher.tell(f"all {next(seq)}"),
            record_all=lambda: publisher.tell("record"),
            unicast=stage.publisher(
                self.prefix + ":bus:{b}", HINT + unicast_body(), users, spread=True, buckets=BUCKETS
            ),
            publishers=[publisher.program],
        )


class SseDoor(Scaled):
    name = "numeneon SSE"
    prefix = "sse"
    delivery = "one numbered entry to one signed-in user's endless answer of Server-Sent Events; on the Redis bus"

    def prepare(self, stage: Stage, environment: dict[str, str], people: int, *extra: object) -> Address:
        address = super().prepare(stage, environment, people, *extra)
        headers = stage.scratch(self.name.replace(" ", "-")) / "headers"
        headers.write_text("".join(f"Authorization: Bearer {one}\n" for one in tokens(address.hellos or Path())))
        return Address(
            ports=(0,),
            path="/api/events/",
            own_headers=headers,
            ready='"type":"caught_up"',
            ping='{"type":"ping"',
            sse=True,
        )


class AsgiDoor(Scaled):
    name = "numeneon on ASGI"
    prefix = "asgi"
    delivery = (
        "one numbered entry to one signed-in user's socket, through the ASGI door of plain Uvicorn; on the Redis bus"
    )

    def serve(self, port: int) -> list[object]:
        words: list[object] = [sys.executable, "-m", "uvicorn", "huddl.asgi:application", "--port", port]
        return [*words, "--loop", "uvloop", "--ws", "wsproto", "--log-level", "warning", "--no-access-log"]
