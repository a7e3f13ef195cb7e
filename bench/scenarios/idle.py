"""Idle: what N connected, silent sockets hold in memory and burn in CPU, and whether the memory comes back.

Memory is the growth of the resident set from the warmed-up server to the server with all sockets open, over their number.
CPU is counted over a quiet stretch with heartbeats on. After all sockets are closed the rest is read once more.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import everyone
from suite.candidate import Candidate, open_stage
from suite.load_client import LoadClient
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "bytes_per_connection": "bytes/connection",
    "idle_cpu_s_per_user_hour": "CPU-s/user-hour",
    "pings_per_second": "pings/s",
    "connects_per_second": "connects/s",
    "kept_after_close": "share kept after close",
}
WARM_UP = 200


def measure(candidate: Candidate, *, connections: int, seconds: float) -> Row:
    """One server from its start to the last socket closed."""
    with open_stage() as stage:
        running = candidate.start(stage, users=connections, shared=False)
        load = LoadClient(running.address, most=connections + 10)
        stage.later(load.close)
        # the first sockets pay for lazy imports, pools and arenas: they come, hear an event and go before the count
        load.open(min(WARM_UP, connections), seconds=30)
        load.ask("drop")
        time.sleep(1)
        empty = running.memory_kib()
        opened = load.open(connections, seconds=100)
        if opened["ready"] < connections:
            raise RuntimeError(f"only {opened['ready']} of {connections} came up {running.programs[0].last_words()}")
        load.sleep(5)  # what a process still does for newcomers after they have their welcome
        full, cpu, began = running.memory_kib(), running.cpu_seconds(), time.monotonic()
        load.zero()
        quiet = load.sleep(seconds)
        spent, wall = running.cpu_seconds() - cpu, time.monotonic() - began
        held = running.memory_kib()
        load.ask("drop")
        time.sleep(3)
        left = running.memory_kib()
    grown = max(full, held) - empty
    return {
        "connections": connections,
        "empty_kib": empty,
        "full_kib": full,
        "after_close_kib": left,
        "bytes_per_connection": grown * 1024 / connections,
        "kept_after_close": (left - empty) / grown if grown else 0.0,
        "idle_cpu_s_per_user_hour": spent / wall / connections * 3600,
        "pings_per_second": quiet["pings"] / wall,
        "connects_per_second": connections / opened["open_seconds"],
        "lost_connections": quiet["lost_connections"],
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
