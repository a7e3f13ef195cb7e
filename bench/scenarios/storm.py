"""Connect storm: N sockets at once from cold, and, with --missed, each catching up on what it missed.

Counted from the first SYN to the last socket that has its welcome (with --missed: its `caught_up`). Everybody signs in as the
candidate does it; the product's sockets bring an access token and are positioned in their stream.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import STORM, everyone, products
from suite.candidate import Candidate, open_stage
from suite.load_client import LoadClient
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "connects_per_second": "connects/s",
    "cpu_us": "CPU µs/connect",
    "ready_p50_ms": "ready p50 ms",
    "ready_p99_ms": "ready p99 ms",
    "entries_per_second": "entries/s",
    "entries_per_cpu_second": "entries/CPU-s",
    "seconds": "seconds",
}


def measure(candidate: Candidate, *, connections: int, at_once: int, missed: int) -> Row:
    """One storm on a server that has just started."""
    with open_stage() as stage:
        running = candidate.start(stage, users=connections, shared=False)
        load = LoadClient(running.address, most=connections + 10)
        stage.later(load.close)
        before = running.cpu_seconds()
        answer = load.open(connections, at_once=at_once, seconds=100)
        cpu = running.cpu_seconds() - before
        if answer["ready"] < connections:
            words = running.programs[0].last_words()
            raise RuntimeError(f"{answer['ready']} of {connections} came up, {answer['failed']} failed {words}")
    wanted = connections * missed
    if missed and (answer["events"], answer["gaps"], answer["duplicates"]) != (wanted, 0, 0):
        raise RuntimeError(
            f"{answer['events']} of {wanted} entries, {answer['gaps']} gaps, {answer['duplicates']} twice"
        )
    row: Row = {
        "connections": connections,
        "seconds": answer["open_seconds"],
        "connects_per_second": connections / answer["open_seconds"],
        "cpu_us": cpu / connections * 1e6,
        # with missed entries the histogram holds readiness only: entries carry no time stamp
        "ready_p50_ms": answer["latency_us"]["p50"] / 1e3,
        "ready_p99_ms": answer["latency_us"]["p99"] / 1e3,
        "load_busy": answer["busy"],
    }
    if missed:
        row |= {"entries_per_second": wanted / answer["open_seconds"], "entries_per_cpu_second": wanted / cpu}
    return row


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=2)
    parser.add_argument("--connections", type=int, help="default 5000, or 1000 with --missed")
    parser.add_argument("--at-once", type=int, default=500, help="handshakes in flight")
    parser.add_argument("--missed", type=int, default=0, help="entries each socket resumes (the product only)")
    options = parser.parse_args()
    options.connections = options.connections or (1000 if options.missed else 5000)
    if options.missed:
        options.at_once = options.connections
    suited: list[Candidate] = [*products(missed=options.missed)] if options.missed else everyone()
    name, usual = ("resume-storm", ()) if options.missed else ("connect-storm", STORM)
    run = harness.begin(name, __doc__, options, suited, usual=usual)
    for repetition in range(options.repetitions):
        for candidate in run.candidates:
            work = partial(
                measure,
                candidate,
                connections=options.connections,
                at_once=options.at_once,
                missed=options.missed,
            )
            run.attempt(candidate, work, repetition=repetition)
        say(f"  repetition {repetition + 1} done")
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
