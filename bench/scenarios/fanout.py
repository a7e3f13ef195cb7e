"""Fan-out: one event to N connected sockets, in server CPU per delivery.

The next event is published when the last one has arrived everywhere, so nobody is measured while dropping, and a queue
hides nothing. Counted is all CPU time of the candidate's processes, kernel included, between the first publish and the
last frame, over the number of frames. The load client looks for frames every half millisecond instead of being woken by
each write: waking it would be the client machine's cost (see `c/load.c`).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import STORM, everyone
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "cpu_us": "CPU µs/delivery",
    "cpu_us_ratio": "× H",
    "wall_ms": "ms to all",
    "latency_p50_us": "p50 µs",
    "latency_p99_us": "p99 µs",
    "load_busy": "load busy",
    "missing": "missing",
}
PACE_US = 500


def one_stretch(each: harness.Connected, *, connections: int, seconds: float, least: int) -> Row:
    """Publish events one after the other for about `seconds`; returns their cost."""
    each.load.zero()
    before, began, count = each.running.cpu_seconds(), time.monotonic(), 0
    answer: Row = {}
    while count < least or (time.monotonic() - began < seconds and count < 500):
        each.running.publish_all()
        count += 1
        answer = each.load.until(count * connections, seconds=30)
        if answer["answer"] != "until":
            break
    wall, cpu = time.monotonic() - began, each.running.cpu_seconds() - before
    arrived = answer["events"]
    if not arrived:
        raise RuntimeError("no event arrived")
    return {
        "events": count,
        "deliveries": arrived,
        "missing": count * connections - arrived,
        "gaps": answer["gaps"],
        "duplicates": answer["duplicates"],
        "backwards": answer["backwards"],
        "cpu_us": cpu / arrived * 1e6,
        "wall_ms": wall / count * 1e3,
        "latency_p50_us": answer["latency_us"]["p50"],
        "latency_p99_us": answer["latency_us"]["p99"],
        "load_busy": answer["busy"],
        "frame_bytes": answer["bytes"] / arrived,
    }


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each stretch")
    options = parser.parse_args()
    name = f"fanout-{options.connections}"
    run = harness.begin(name, __doc__, options, everyone(), usual=STORM if options.connections > 1000 else ())
    with harness.everybody(run, connections=options.connections, shared=True) as connected:
        for each in connected:
            each.load.pace(PACE_US)
        for repetition in range(-1, options.repetitions):
            for each in connected:

                def measure(each: harness.Connected = each, repetition: int = repetition) -> Row | None:
                    warm_up = repetition < 0
                    row = one_stretch(
                        each,
                        connections=options.connections,
                        seconds=options.seconds / 3 if warm_up else options.seconds,
                        least=2,
                    )
                    return None if warm_up else {"repetition": repetition, **row}

                run.attempt(each.candidate, measure)
            say(f"  {'warm-up' if repetition < 0 else f'repetition {repetition + 1}'} done")
    run.compare("cpu_us")
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
