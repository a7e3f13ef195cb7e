"""What recording adds to a request: the same one to a product that records, and to one that tells nobody.

Two servers stand side by side, on one PostgreSQL or on two copies of one SQLite file; in the first, `Recorder.add` does nothing.
They are asked in turn, so that a slow minute meets both, each beginning every second time. `added` is what the request takes on
top, by the median of its time, and by the CPU of the server and of PostgreSQL where there is one.
"""

from __future__ import annotations

import dataclasses
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import products
from candidates.numeneon_profiles import HERE, Lab, Product, open_lab
from scenarios.whole_path import inside
from suite.candidate import Stage, open_stage
from suite.http import Http, tokens
from suite.machine import SERVER_CORES
from suite.processes import Program
from suite.results import Row, say
from suite.tools import free_port

COLUMNS = {
    "candidate": "candidate",
    "case": "request",
    "without_ms": "without, ms",
    "with_ms": "with, ms",
    "added": "added, time",
    "added_cpu": "added, CPU",
    "without_cpu_ms": "without, CPU ms",
    "with_cpu_ms": "with, CPU ms",
}
WARM_UP = 0.1
Ask = tuple[int, str, dict[str, Any] | None]
"""Who asks, counted from 0, the path, and the body."""


@dataclasses.dataclass
class Side:
    """One of the two products."""

    http: Http
    signed: list[str]
    programs: list[Program]
    asks: dict[str, Iterator[Ask]]
    took: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)

    def ask(self, request: str) -> None:
        who, path, body = next(self.asks[request])
        spent, began = self._cpu_seconds(), time.perf_counter()
        status, text = self.http.ask("POST", path, token=self.signed[who], body=body)
        self.took.append((time.perf_counter() - began) * 1e3)
        self.cpu.append((self._cpu_seconds() - spent) * 1e3)
        if status >= 300:
            raise RuntimeError(f"{path} answered {status}: {text[:200]!r}")

    def _cpu_seconds(self) -> float:
        return sum(program.cpu_seconds() for program in self.programs)

    def warmed(self) -> tuple[float, float]:
        """Milliseconds and milliseconds of CPU a request, since the last time this was asked."""
        from_here = int(len(self.took) * WARM_UP)
        found = statistics.median(self.took[from_here:]), statistics.fmean(self.cpu[from_here:])
        self.took, self.cpu = [], []
        return found


def asks(open_requests: list[int], posts: list[int], *, beginning: int) -> dict[str, Iterator[Ask]]:
    """Every request, for every second pair of people: one accepts, likes and writes to what the next has asked, posted and been."""
    numbers, me = range(beginning, len(posts), 2), 2 * beginning
    return {
        "accept": ((2 * n, f"/api/friends/accept/{open_requests[n]}/", None) for n in numbers),
        "like": ((2 * n, f"/api/posts/{posts[n]}/like/", {"action": "like"}) for n in numbers),
        "message": ((me, "/api/messages/", {"receiver_id": me + 2, "content": f"Number {n}"}) for n in numbers),
    }


def twin(stage: Stage, lab: Lab) -> dict[str, str]:
    """The surroundings of a second server. From one SQLite file only one may serve."""
    if lab.database:
        return lab.environment
    folder = shutil.copytree(lab.folder, stage.folder / "twin")
    return {**lab.environment, "HUDDL_DATA_DIR": str(folder)}


def open_sides(stage: Stage, product: Product, *, count: int) -> list[Side]:
    """The one without recording, the one with it."""
    lab = open_lab(stage, product, people=4 * count, postgres=product.role != "serve")
    open_requests, posts = (inside(lab, what, 2 * count)["ids"] for what in ("requests", "posts"))
    prepared = [asks(open_requests, posts, beginning=number) for number in range(2)]
    environments = [{**twin(stage, lab), "BENCH_RECORDING": "off"}, lab.environment]
    sides = []
    for number, environment in enumerate(environments):
        port, role = free_port(), "serve" if product.role == "serve" else "web"
        words = [sys.executable, HERE / "serve.py", role, "--host", "127.0.0.1", "--port", port, "--drain", "0"]
        server = stage.start(f"{product.name} {number}", words, cores=SERVER_CORES, environment=environment)
        server.wait_for_port(port)
        http = Http(port)
        stage.later(http.close)
        programs = [server, *([lab.database] if lab.database else [])]
        sides.append(Side(http, tokens(lab.address.hellos or Path()), programs, prepared[number]))
    return sides


def measure(product: Product, *, count: int) -> list[Row]:
    rows: list[Row] = []
    with open_stage() as stage:
        sides = open_sides(stage, product, count=count)
        for request in ("accept", "like", "message"):
            for number in range(count):
                for side in sides if number % 2 else reversed(sides):
                    side.ask(request)
            (without, without_cpu), (recorded, recorded_cpu) = (side.warmed() for side in sides)
            rows.append(
                {
                    "case": request,
                    "without_ms": without,
                    "with_ms": recorded,
                    "added": recorded / without - 1,
                    "without_cpu_ms": without_cpu,
                    "with_cpu_ms": recorded_cpu,
                    "added_cpu": recorded_cpu / without_cpu - 1,
                }
            )
    return rows


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--count", type=int, default=200, help="requests of each kind, to each server")
    options = parser.parse_args()
    suited = products()
    run = harness.begin("recorded-request", __doc__, options, [*suited])
    for repetition in range(options.repetitions):
        for product in suited:
            if product in run.candidates:
                run.attempt(product, partial(measure, product, count=options.count), repetition=repetition)
        say(f"  repetition {repetition + 1} done")
    run.finish(COLUMNS, by=("candidate", "case"))


if __name__ == "__main__":
    main()
