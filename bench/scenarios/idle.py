"""Idle: what N connected, silent sockets hold in memory and burn in CPU, and whether the memory comes back.

Memory is the growth of the resident set from the warmed-up server to the server with all sockets open, over their number.
Where the limit of open files allows fewer, several processes share them. CPU is counted over a quiet stretch with heartbeats
on. After all sockets are closed the rest is read once more.
"""

from __future__ import annotations

import contextlib
import math
import resource
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import everyone
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


def measure(candidate: Candidate, *, connections: int, seconds: float) -> Row:
    """Servers from their start to the last socket closed: one, or as many as the limit of open files asks for."""
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
        return _measure(pairs, each=each, seconds=seconds)


def _measure(pairs: list[tuple[Running, LoadClient]], *, each: int, seconds: float) -> Row:
    def memory() -> int:
        return sum(running.memory_kib() for running, _ in pairs)

    def cpu() -> float:
        return sum(running.cpu_seconds() for running, _ in pairs)

    for _, load in pairs:
        # the first sockets pay for lazy imports, pools and arenas: they come and go before the count
        load.open(min(WARM_UP, each), seconds=30)
        load.ask("drop")
    time.sleep(1)
    connections, empty, took = each * len(pairs), memory(), 0.0
    for running, load in pairs:
        opened = load.open(each, seconds=100)
        if opened["ready"] < each:
            raise RuntimeError(f"only {opened['ready']} of {each} came up {running.programs[0].last_words()}")
        took += opened["open_seconds"]
    for _, load in pairs:
        load.sleep(5 / len(pairs))  # what a process still does for newcomers after they have their welcome
    full, before, began = memory(), cpu(), time.monotonic()
    for _, load in pairs:
        load.zero()
        load.tell(f"sleep {seconds * 1000}")
    quiet = [load.answer(seconds=seconds + 10) for _, load in pairs]
    spent, wall, held = cpu() - before, time.monotonic() - began, memory()
    for _, load in pairs:
        load.ask("drop")
    time.sleep(3)
    left, grown = memory(), max(full, held) - empty
    return {
        "connections": connections,
        "processes": len(pairs),
        "empty_kib": empty,
        "full_kib": full,
        "after_close_kib": left,
        "bytes_per_connection": grown * 1024 / connections,
        "kept_after_close": (left - empty) / grown if grown else 0.0,
        "idle_cpu_s_per_user_hour": spent / wall / connections * 3600,
        "pings_per_second": sum(one["pings"] for one in quiet) / wall,
        "connects_per_second": connections / took,
        "lost_connections": sum(one["lost_connections"] for one in quiet),
    }


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=30, help="of quiet, longer than a heartbeat")
    options = parser.parse_args()
    run = harness.begin(f"idle-{options.connections}", __doc__, options, everyone())
    for repetition in range(options.repetitions):
        for candidate in run.candidates:
            work = partial(measure, candidate, connections=options.connections, seconds=options.seconds)
            run.attempt(candidate, work, repetition=repetition)
            say(f"  {candidate.name} done")
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
