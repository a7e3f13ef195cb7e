"""Unicast: events for one user each at a rising rate, until some are lost or late.

A rate counts as held when the publisher kept it, every event arrived, none twice or out of order, and the last one not more
than a tenth of a second after it was published. Rates double from step to step; where the first fails, the steps between are
tried. Publisher, Redis and load client share the other core: where that one is full and the server's is not, the server would
hold more, and deliveries a CPU-second say how much. With --rates the latency at those fixed rates is measured instead.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import LATENCY, RATES, everyone
from suite.candidate import open_stage
from suite.results import Row, say

RISING = {
    "candidate": "candidate",
    "rate": "events/s held",
    "rate_ratio": "× H",
    "per_cpu_second": "events/CPU-s",
    "server_busy": "server busy",
    "other_core_busy": "other core busy",
    "latency_p99_us": "p99 µs",
    "stopped_by": "stopped by",
}
FIXED = {
    "candidate": "candidate",
    "target": "events/s",
    "cpu_us": "CPU µs/delivery",
    "latency_p50_us": "p50 µs",
    "latency_p99_us": "p99 µs",
    "latency_p99_us_ratio": "p99 × H",
    "missing": "missing",
}
LATE = 0.1


def at_rate(each: harness.Connected, rate: float, seconds: float) -> Row:
    """Publish for some seconds at one rate; what arrived, when, and what it cost."""
    publisher = each.running.unicast
    if publisher is None:
        raise RuntimeError("has no unicast publisher")
    count = max(1, int(rate * seconds))
    each.load.zero()
    before, began = each.running.cpu_seconds(), time.monotonic_ns()
    beside = each.beside_seconds()
    # the load client answers when all are there; until then both tools work on their own
    each.load.tell(f"until {count} {(seconds * 4 + 8) * 1000}")
    publisher.tell(f"send {rate} {count}")
    sent = publisher.answer(seconds=seconds * 20 + 30)
    deadline = time.monotonic() + LATE + 2
    answer = each.load.answer(seconds=seconds * 4 + 20)
    if answer["events"] < count and time.monotonic() < deadline:
        answer = each.load.quiet(0.3, seconds=3)
    cpu, beside = each.running.cpu_seconds() - before, each.beside_seconds() - beside
    finished = began / 1e9 + sent["seconds"]
    wall = max(1e-3, answer["last_at"] / 1e9 - began / 1e9)
    return {
        "target": rate,
        "rate": count / sent["seconds"],
        "count": count,
        "events": answer["events"],
        "missing": count - answer["events"],
        "disorder": answer["gaps"] + answer["duplicates"] + answer["backwards"],
        "late_seconds": answer["last_at"] / 1e9 - finished,
        "cpu_us": cpu / max(1, answer["events"]) * 1e6,
        "per_cpu_second": answer["events"] / cpu,
        "server_busy": cpu / wall,
        "other_core_busy": beside / wall,
        "latency_p50_us": answer["latency_us"]["p50"],
        "latency_p99_us": answer["latency_us"]["p99"],
        "latency_p999_us": answer["latency_us"]["p999"],
        "load_busy": answer["busy"],
    }


def verdict(row: Row) -> str:
    """Why a rate was not held; empty when it was."""
    if row["missing"]:
        return f"lost {row['missing']} of {row['count']}"
    if row["disorder"]:
        return f"{row['disorder']} out of order"
    if row["rate"] < 0.95 * row["target"]:
        return "publisher"
    return f"{row['late_seconds']:.1f} s late" if row["late_seconds"] > LATE else ""


def rising(each: harness.Connected, options: argparse.Namespace) -> Row:
    rate, held, stopped = float(options.first), None, ""
    at_rate(each, rate, 0.5)
    factor = 2.0
    while rate <= options.most:
        row = at_rate(each, rate, options.seconds)
        reason = verdict(row)
        if not reason:
            held = row
        else:
            stopped = reason
            if factor < 1.2 or held is None:
                break
            rate = held["target"]
            factor = factor**0.5
            time.sleep(1)
        rate *= factor
    if held is None:
        raise RuntimeError(f"not even {options.first} events/s: {stopped}")
    return {**held, "stopped_by": stopped or "the end of the scale"}


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1.0, help="a step")
    parser.add_argument("--first", type=float, default=250)
    parser.add_argument("--most", type=float, default=600_000)
    parser.add_argument("--rates", type=float, nargs="*", help="latency at these rates instead of the highest one")
    options = parser.parse_args()
    name, usual = ("latency", LATENCY) if options.rates else ("unicast", RATES)
    run = harness.begin(name, __doc__, options, everyone(), usual=usual)
    for repetition in range(options.repetitions):
        for candidate in run.candidates:
            with open_stage() as stage:
                each = harness.connect(run, stage, candidate, connections=options.connections)
                if not each:
                    continue

                def measure(each: harness.Connected = each, repetition: int = repetition) -> list[Row]:
                    if not options.rates:
                        return [{"repetition": repetition, **rising(each, options)}]
                    at_rate(each, options.rates[0], 1)
                    return [
                        {"repetition": repetition, **at_rate(each, rate, max(2, options.seconds))}
                        for rate in options.rates
                    ]

                run.attempt(candidate, measure)
                say(f"  {candidate.name} done")
    if options.rates:
        run.compare("latency_p99_us", within=("repetition", "target"))
        run.finish(FIXED, by=("candidate", "target"))
    else:
        run.compare("rate")
        run.finish(RISING, by=("candidate", "stopped_by") if options.repetitions == 1 else ("candidate",))


if __name__ == "__main__":
    main()
