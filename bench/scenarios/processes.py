"""Two gateway processes against one: how much more the pair can deliver.

The machine has two cores and the load client needs one of them, so the pair's wall-clock rate cannot be seen here. What can
be is each process's own CPU: all gateways share one core, and the capacity with a core for each is the deliveries over the
CPU time of the busier process. Every gateway hears every hint of the bus, also of users who sit on the other: that is what
keeps two from being twice as much, and it is in the figure. Redis's own CPU is given for the bus.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates.numeneon_profiles import BUCKETS, HERE, HINT, Scaled, open_lab, unicast_body
from suite.candidate import Stage, open_stage
from suite.dialogue import Dialogue
from suite.load_client import LoadClient
from suite.machine import OTHER_CORES, SERVER_CORES
from suite.processes import Program
from suite.results import Row, say
from suite.tools import free_port

COLUMNS = {
    "case": "case",
    "processes": "processes",
    "rate": "deliveries/s a core each",
    "growth": "× one process",
    "cpu_us": "CPU µs/delivery, all",
    "missing": "missing",
}


def gateways(stage: Stage, environment: dict[str, str], count: int) -> tuple[list[Program], tuple[int, ...]]:
    programs, ports = [], []
    for number in range(count):
        port = free_port()
        words: list[object] = [sys.executable, HERE / "serve.py", "gateway", "--host", "127.0.0.1", "--port", port]
        words += ["--drain", "0"]
        programs.append(stage.start(f"gateway {number}", words, cores=SERVER_CORES, environment=environment))
        programs[-1].wait_for_port(port)
        ports.append(port)
    return programs, tuple(ports)


def measure(product: Scaled, *, count: int, connections: int, rate: float, seconds: float) -> list[Row]:
    with open_stage() as stage:
        lab = open_lab(stage, product, people=connections, postgres=True)
        programs, ports = gateways(stage, lab.environment, count)
        load = LoadClient(dataclasses.replace(lab.address, ports=ports), most=connections + 10)
        stage.later(load.close)
        if load.open(connections)["ready"] != connections:
            raise RuntimeError("not all sockets came up")
        talk: list[object] = [sys.executable, HERE / "publish.py", connections]
        publisher = Dialogue(stage.start("publisher", talk, cores=OTHER_CORES, environment=lab.environment, talks=True))
        load.pace(500)
        turn = itertools.count(1)

        def fan_out() -> int:
            until, sent = time.monotonic() + seconds, 0
            load.zero()
            while time.monotonic() < until:
                publisher.tell(f"all {next(turn)}")
                sent += 1
                load.until(sent * connections)
            return sent * connections

        def unicast() -> int:
            load.zero()
            direct = stage.publisher("huddl:bus:{b}", HINT + unicast_body(), connections, spread=True, buckets=BUCKETS)
            wanted = int(rate * seconds)
            direct.ask(f"send {rate} {wanted}")
            load.until(wanted, seconds=10)
            return wanted

        rows = []
        # unicast counts every user on from the start of its stream, so it goes before the fan-out does
        for case, work in (("unicast", unicast), ("fan-out", fan_out)):
            if case == "fan-out":
                turn = itertools.count(int(rate * seconds) // connections + 1)
                fan_out()
            before = [one.cpu_seconds() for one in programs]
            wanted = work()
            spent = [one.cpu_seconds() - was for one, was in zip(programs, before, strict=True)]
            answer = load.quiet(0.2, seconds=2)
            arrived = answer["events"]
            rows.append(
                {
                    "case": case,
                    "processes": count,
                    "rate": arrived / max(spent),
                    "cpu_us": sum(spent) / arrived * 1e6,
                    "missing": wanted - arrived,
                    "load_busy": answer["busy"],
                }
            )
        return rows


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20_000, help="of unicast")
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    product = Scaled()
    run = harness.begin("processes", __doc__, options, [product])
    for repetition in range(options.repetitions):

        def both(repetition: int = repetition) -> list[Row]:
            rows: list[Row] = []
            for count in (1, 2):
                made = measure(
                    product, count=count, connections=options.connections, rate=options.rate, seconds=options.seconds
                )
                rows += made
            single = {row["case"]: row["rate"] for row in rows if row["processes"] == 1}
            return [{"repetition": repetition, **row, "growth": row["rate"] / single[row["case"]]} for row in rows]

        run.attempt(product, both)
        say(f"  repetition {repetition + 1} done")
    run.finish(COLUMNS, by=("case", "processes"))


if __name__ == "__main__":
    main()
