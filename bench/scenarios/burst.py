"""Burst: 500 events to one user at once, and one reader who stops reading among many who do not.

The burst is published as fast as Redis takes it; counted is what arrived. With --slow, some sockets stop reading, everybody is
sent events until their buffers are long full, and the others' pace and the server's memory are watched; then the slow ones
read again. A candidate that queues for ever shows it in memory, one that drops shows it in what is missing; the product closes
a socket that was stalled for ten seconds with 4201, which says resume, and counts it in its metrics. The slow ones begin to
read just then, while the close frame is still kept for them, and the load client reads the code.
"""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import OTHERS, Product, everyone
from candidates.numeneon_profiles import AsgiDoor, SseDoor
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
    "close_code": "close code",
    "missing_for_slow": "missing for slow",
}
STALL = 12.0
"""Seconds that the slow ones do not read."""
STALL_AT_MOST = 30.0
"""The same where the server says itself when it has given them up: ten seconds after their buffers were full."""


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
        "load_busy": answer["busy"],
    }


def given_up(port: int) -> int:
    """How many connections the product says it has closed because nobody read them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    counts = [line.rpartition(" ")[2] for line in lines if line.startswith('streams_closed_total{code="4201"}')]
    return int(float(counts[0])) if counts else 0


def slow_reader(candidate: Candidate, *, connections: int, slow: int, seconds: float) -> Row:
    """`slow` of the sockets stop reading while everybody is sent events."""
    with open_stage() as stage:
        running = candidate.start(stage, users=connections, shared=True)
        load = LoadClient(running.address, most=connections + 10, receive_buffer=4096)
        stage.later(load.close)
        if load.open(connections)["ready"] != connections:
            raise RuntimeError("not all sockets came up")
        reading, send = connections - slow, running.record_all or running.publish_all

        def stretch(readers: int, length: float, over: Callable[[], bool] = lambda: False) -> tuple[Row, int, float]:
            load.zero()
            began, sent = time.monotonic(), 0
            answer: Row = {}
            while time.monotonic() - began < length and not over():
                send()
                sent += 1
                answer = load.until(sent * readers, seconds=2)
            return answer, sent, time.monotonic() - began

        stretch(connections, seconds)
        before, _, before_seconds = stretch(connections, seconds)
        memory = running.memory_kib()
        load.ask(f"stall 0 {slow}")
        if isinstance(candidate, Product):
            port = running.address.ports[0]
            during, sent, during_seconds = stretch(reading, STALL_AT_MOST, lambda: given_up(port) >= slow)
        else:
            during, sent, during_seconds = stretch(reading, STALL)
        grown = running.memory_kib() - memory
        load.ask(f"wake 0 {slow}")
        after = load.quiet(2, seconds=20)
    return {
        "connections": connections,
        "slow": slow,
        "sent_to_each": sent,
        "events_per_second_before": before["events"] / connections / before_seconds,
        "events_per_second_during": during["events"] / reading / during_seconds,
        "load_busy": during["busy"],
        "grown_kib": grown,
        "grown_kib_a_slow_one": grown / slow,
        "closed": after["lost_connections"],
        "close_frames": after["closes"],
        "close_code": after["close_code"],
        "missing_for_slow": sent * connections - after["events"],
        "disorder": after["gaps"] + after["duplicates"] + after["backwards"],
    }


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=2)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--slow", type=int, default=0, help="this many sockets stop reading")
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    # through these doors a burst overflows the buffer, and the rest is read from the table, where its events are not
    unsuited = SseDoor if options.slow else (AsgiDoor, SseDoor)
    suited = [candidate for candidate in everyone() if not isinstance(candidate, unsuited)]
    name, usual = ("slow-reader", OTHERS) if options.slow else ("burst", ())
    run = harness.begin(name, __doc__, options, suited, usual=usual)
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
