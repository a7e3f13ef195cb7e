"""Burst: 500 events to one user at once, and one reader who stops reading among many who do not.

The burst is published as fast as Redis takes it; counted is what arrived. With --slow, some sockets stop reading, everybody is
sent events until their buffers are long full, and the others' pace and the server's memory are watched; then the slow ones
read again. A candidate that queues for ever shows it in memory, one that drops shows it in what is missing; the product is
allowed to close a stalled socket with a code that says resume.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import everyone
from suite.candidate import Candidate, open_stage
from suite.load_client import LoadClient
from suite.results import Row, say

BURST = {"candidate": "candidate", "count": "events", "arrived": "arrived", "missing": "lost", "milliseconds": "ms"}
SLOW = {
    "candidate": "candidate",
    "events_per_second_before": "events/s before",
    "events_per_second_during": "events/s during",
    "grown_kib": "server grew KiB",
    "grown_kib_a_slow_one": "KiB a slow reader",
    "closed": "closed",
    "missing_for_slow": "missing for slow",
}


def burst(candidate: Candidate, *, count: int) -> Row:
    """All events for one user's one socket."""
    with open_stage() as stage:
        running = candidate.start(stage, users=1, shared=False)
        load = LoadClient(running.address, most=10)
        stage.later(load.close)
        if load.open(1)["ready"] != 1 or running.unicast is None:
            raise RuntimeError("cannot be sent a burst from another process")
        running.unicast.ask("send 0 1")
        load.quiet(0.5, seconds=5)
        load.zero()
        began = time.monotonic_ns()
        running.unicast.ask(f"send 0 {count}")
        answer = load.until(count, seconds=3)
    return {
        "count": count,
        "arrived": answer["events"],
        "missing": count - answer["events"],
        "disorder": answer["gaps"] + answer["duplicates"] + answer["backwards"],
        "milliseconds": (answer["last_at"] - began) / 1e6,
    }


def slow_reader(candidate: Candidate, *, connections: int, slow: int, seconds: float) -> Row:
    """`slow` of the sockets stop reading while everybody is sent events."""
    with open_stage() as stage:
        running = candidate.start(stage, users=connections, shared=True)
        load = LoadClient(running.address, most=connections + 10, receive_buffer=4096)
        stage.later(load.close)
        if load.open(connections)["ready"] != connections:
            raise RuntimeError("not all sockets came up")
        reading, send = connections - slow, running.record_all or running.publish_all

        def stretch(readers: int) -> tuple[Row, int]:
            load.zero()
            began, sent = time.monotonic(), 0
            answer: Row = {}
            while time.monotonic() - began < seconds:
                send()
                sent += 1
                answer = load.until(sent * readers, seconds=2)
            return answer, sent

        stretch(connections)
        before, _ = stretch(connections)
        memory = running.memory_kib()
        load.ask(f"stall 0 {slow}")
        during, sent = stretch(reading)
        grown = running.memory_kib() - memory
        load.ask(f"wake 0 {slow}")
        after = load.quiet(2, seconds=20)
    return {
        "connections": connections,
        "slow": slow,
        "sent_to_each": sent,
        "events_per_second_before": before["events"] / connections / seconds,
        "events_per_second_during": during["events"] / reading / seconds,
        "grown_kib": grown,
        "grown_kib_a_slow_one": grown / slow,
        "closed": after["lost_connections"],
        "close_code": after["close_code"],
        "missing_for_slow": sent * connections - after["events"],
        "disorder": after["gaps"] + after["duplicates"] + after["backwards"],
    }


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--slow", type=int, default=0, help="this many sockets stop reading")
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    run = harness.begin("slow-reader" if options.slow else "burst", __doc__, options, everyone())
    for repetition in range(1 if options.slow else options.repetitions):
        for candidate in run.candidates:

            def measure(candidate: Candidate = candidate) -> Row:
                if options.slow:
                    return slow_reader(
                        candidate, connections=options.connections, slow=options.slow, seconds=options.seconds
                    )
                return burst(candidate, count=options.count)

            run.attempt(candidate, measure, repetition=repetition)
        say(f"  repetition {repetition + 1} done")
    run.finish(SLOW if options.slow else BURST)


if __name__ == "__main__":
    main()
