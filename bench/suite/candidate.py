"""What a candidate is: a server under test, how to speak to it, and how an event gets into it.

Each candidate states in words what one delivery is, for the figure is only worth its definition. Every candidate is driven
alike: somebody outside its process publishes, through Redis where the candidate has a Redis at all, and the sockets are
those of the same load client.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path

from suite.dialogue import Dialogue
from suite.load_client import Address
from suite.machine import OTHER_CORES
from suite.processes import Program
from suite.redis_line import RedisLine, start_redis
from suite.tools import c_tool


@dataclasses.dataclass
class Running:
    """A candidate that is up. `cost` is what is measured; `publishers` run beside it and are not."""

    programs: list[Program]
    address: Address
    publish_all: Callable[[], None]
    record_all: Callable[[], None] | None = None
    """The same event for everybody, written where it can be read again; None where nothing is kept."""
    unicast: Dialogue | None = None
    publishers: list[Program] = dataclasses.field(default_factory=list)

    def cpu_seconds(self) -> float:
        return sum(program.cpu_seconds() for program in self.programs)

    def memory_kib(self) -> int:
        return sum(program.memory_kib() for program in self.programs)

    def stop(self) -> None:
        for program in (*self.publishers, *self.programs):
            program.stop()


class Stage:
    """One scenario's Redis, scratch folder and everything started on it; leaving it ends them all."""

    def __init__(self, folder: Path, redis_program: Program, redis_port: int) -> None:
        self.folder = folder
        self.redis_program = redis_program
        self.redis_port = redis_port
        self.redis = RedisLine(redis_port)
        self._exits = contextlib.ExitStack()

    def scratch(self, name: str) -> Path:
        folder = self.folder / name.replace("/", "-")
        folder.mkdir(exist_ok=True)
        return folder

    def later(self, end: Callable[[], None]) -> None:
        """Call this when the stage is left, last first."""
        self._exits.callback(end)

    def start(self, name: str, command: list[object], **options: object) -> Program:
        """Start a program that ends with this stage; its output goes to a log in the scratch folder."""
        log = self.folder / f"{name.replace(' ', '-').replace('/', '-')}.log"
        program = Program(name, command, log=log, **options)  # type: ignore[arg-type]
        self.later(program.stop)
        return program

    def publisher(self, channel: str, body: str, users: int, *, spread: bool = False, buckets: int = 1) -> Dialogue:
        """The C publisher for this channel and body, see `c/publish.c`; users count from 1."""
        words: list[object] = [c_tool("publish"), self.redis_port, channel, body, users, 1, int(spread), buckets]
        return Dialogue(self.start("publisher", words, cores=OTHER_CORES, talks=True))

    def publish_to_subscriber(self, channel: str, body: str) -> None:
        """Publish when somebody listens: a server that answers its port may not have reached Redis yet."""
        deadline = time.monotonic() + 5
        while not self.redis.publish(channel, body):
            if time.monotonic() > deadline:
                raise RuntimeError(f"nobody subscribed to {channel}")
            time.sleep(0.02)

    def close(self) -> None:
        self._exits.close()
        self.redis.close()


@contextlib.contextmanager
def open_stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        redis, port = start_redis()
        try:
            stage = Stage(Path(folder), redis, port)
            try:
                yield stage
            finally:
                stage.close()
        finally:
            redis.stop()


class Candidate(ABC):
    """A server that can be measured."""

    name: str
    """What results and command lines call it."""
    delivery: str
    """What one delivery is for this candidate."""

    def missing(self) -> str | None:
        """Why it cannot run here, or None. Installs what it needs."""
        return None

    @abstractmethod
    def start(self, stage: Stage, *, users: int, shared: bool) -> Running:
        """Start it for `users` sockets: each a user of its own, or (`shared`) all in one audience, where it tells them apart."""
