"""Idle: what N connected, silent sockets hold in memory and burn in CPU, and whether the memory comes back.

Memory is the growth of the resident set from the warmed-up server to the server with all sockets open, over their number.
Where the limit of open files allows fewer, several processes share them. CPU is counted over a quiet stretch with heartbeats
on, the same stretch for all candidates: what each burns is its own, however many are up. After all sockets are closed the
rest is read once more.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import CROWDS, IDLE, SIZES, everyone
from suite.candidate import Candidate, Running, open_stage
from suite.load_client import LoadClient
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "bytes_per_connection": "bytes/connection",
    "idle_cpu_s_per_user_hour": "CPU-s/user-hour",
    "pings_per_second": "pings/s",
    "processes": "processes",
    "kept_after_close": "share kept after close",
}
WARM_UP = 200
SETTLE = 5.0
"""Seconds in which a process still does something for newcomers after they have their welcome."""
RETURN = 3.0
"""Seconds after the last socket is closed until memory is read once more."""


@dataclasses.dataclass
class Idler:
    """One candidate's servers with all their sockets open."""

    candidate: Candidate
    exits: contextlib.ExitStack
    pairs: list[tuple[Running, LoadClient]]
    row: Row = dataclasses.field(default_factory=dict)

    def memory(self) -> int:
        return sum(running.memory_kib() for running, _ in self.pairs)

    def cpu(self) -> float:
        return sum(running.cpu_seconds() for running, _ in self.pairs)

    def fill(self, each: int) -> None:
        """Open every socket; memory is read before and after."""
        for _, load in self.pairs:
            # the first sockets pay for lazy imports, pools and arenas: they come and go before the count
            load.open(min(WARM_UP, each), seconds=30)
            load.ask("drop")
        time.sleep(1)
        empty, took = self.memory(), 0.0
        for running, load in self.pairs:
            opened = load.open(each, seconds=100)
            if opened["ready"] < each:
                raise RuntimeError(f"only {opened['ready']} of {each} came up {running.programs[0].last_words()}")
            took += opened["open_seconds"]
        connections = each * len(self.pairs)
        self.row = {
            "connections": connections,
            "processes": len(self.pairs),
            "empty_kib": empty,
            "full_kib": self.memory(),
            "connects_per_second": connections / took,
        }

    def begin(self, seconds: float) -> None:
        """Count from here, for so long."""
        self.row["full_kib"] = max(self.row["full_kib"], self.memory())
        for _, load in self.pairs:
            load.zero()
            load.tell(f"sleep {seconds * 1000}")
        self._before, self._began = self.cpu(), time.monotonic()

    def end(self, seconds: float) -> None:
        """What the quiet stretch cost; then all sockets are closed."""
        quiet = [load.answer(seconds=seconds + 10) for _, load in self.pairs]
        spent, wall = self.cpu() - self._before, time.monotonic() - self._began
        self.row |= {
            "full_kib": max(self.row["full_kib"], self.memory()),
            "idle_cpu_s_per_user_hour": spent / wall / self.row["connections"] * 3600,
            "pings_per_second": sum(one["pings"] for one in quiet) / wall,
            "lost_connections": sum(one["lost_connections"] for one in quiet),
        }
        for _, load in self.pairs:
            load.ask("drop")

    def after(self) -> Row:
        """Memory once more."""
        left, empty = self.memory(), self.row["empty_kib"]
        grown = self.row["full_kib"] - empty
        return self.row | {
            "after_close_kib": left,
            "bytes_per_connection": grown * 1024 / self.row["connections"],
            "kept_after_close": (left - empty) / grown if grown else 0.0,
        }


def start(candidate: Candidate, *, connections: int) -> Idler:
    """Its servers, one or as many as the limit of open files asks for, and their sockets."""
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500
    processes = math.ceil(connections / room)
    each = math.ceil(connections / processes)
    with contextlib.ExitStack() as exits:
        pairs: list[tuple[Running, LoadClient]] = []
        for _ in range(processes):
            # a stage each: every process is a whole installation, and none notices the others
            stage = exits.enter_context(open_stage())
            running = candidate.start(stage, users=each, shared=False)
            load = LoadClient(running.address, most=each + 10)
            stage.later(load.close)
            pairs.append((running, load))
        idler = Idler(candidate, exits, pairs)
        idler.fill(each)
        idler.exits = exits.pop_all()
    return idler


def measure(run: harness.Run, *, connections: int, seconds: float, repetition: int) -> None:
    """All candidates up, one quiet stretch, all closed."""
    idlers: list[Idler] = []
    with contextlib.ExitStack() as exits:
        for candidate in run.candidates:

            def up(candidate: Candidate = candidate) -> None:
                idlers.append(start(candidate, connections=connections))
                exits.callback(idlers[-1].exits.close)

            run.attempt(candidate, up)
            say(f"  {candidate.name}: up")
        time.sleep(SETTLE)
        for idler in idlers:
            idler.begin(seconds)
        for idler in idlers:
            idler.end(seconds)
        time.sleep(RETURN)
        for idler in idlers:
            run.attempt(idler.candidate, idler.after, repetition=repetition)


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=30, help="of quiet, longer than a heartbeat")
    options = parser.parse_args()
    usual = CROWDS if options.connections > 20_000 else SIZES if options.connections > 5_000 else IDLE
    run = harness.begin(f"idle-{options.connections}", __doc__, options, everyone(), usual=usual)
    for repetition in range(options.repetitions):
        measure(run, connections=options.connections, seconds=options.seconds, repetition=repetition)
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
