"""What the current state costs: a client that asks every 30 seconds, against a socket that says nothing.

The polls are real ones, of two kinds: the friends page's two lists as the tutorial's clients ask for them, and the product's
own fallback poll with a cursor. CPU per request is measured at full speed, times 120 an hour a user; the idle socket's figure
is that of the newest result of 5,000 idle sockets.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import products
from candidates.numeneon_profiles import Product, open_lab
from scenarios.whole_path import start_servers
from suite.candidate import open_stage
from suite.http import Http, tokens
from suite.results import Row, newest, say
from targets import of

COLUMNS = {
    "candidate": "candidate",
    "case": "what",
    "requests_per_second": "requests/s",
    "cpu_ms": "CPU ms/request",
    "cpu_s_per_user_hour": "CPU-s/user-hour",
    "times_idle_socket": "× idle socket",
}
CASES = {
    "friends and requests": ("/api/friends/", "/api/friends/requests/"),
    "cursor poll": ("/api/events/?after=bench.{head}",),
}
PERIOD = 30


def measure(product: Product, *, seconds: float, idle: float) -> list[Row]:
    rows = []
    with open_stage() as stage:
        lab = open_lab(stage, product, people=200, postgres=product.role != "serve")
        web, gateway, programs = start_servers(stage, product, lab)
        signed = tokens(lab.address.hellos or Path())
        for case, paths in CASES.items():
            port = gateway if "/api/events" in paths[0] else web
            http, count = Http(port), 0
            for warm in range(20):
                http.ask("GET", paths[0].format(head=0), token=signed[warm])
            before, began = sum(one.cpu_seconds() for one in programs), time.monotonic()
            while time.monotonic() - began < seconds:
                user = count % len(signed)
                for path in paths:
                    status, text = http.ask("GET", path.format(head=(user + 1) * 7919 % 900_000), token=signed[user])
                    if status != 200:
                        raise RuntimeError(f"{path} answered {status}: {text[:200]!r}")
                count += 1
            cpu = sum(one.cpu_seconds() for one in programs) - before
            wall = time.monotonic() - began
            http.close()
            hour = cpu / count * 3600 / PERIOD
            rows.append(
                {
                    "case": case,
                    "requests_per_second": count * len(paths) / wall,
                    "cpu_ms": cpu / count / len(paths) * 1e3,
                    "cpu_s_per_user_hour": hour,
                    "times_idle_socket": hour / idle,
                }
            )
    return rows


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    suited = products()
    run = harness.begin("polling", __doc__, options, [*suited])
    for repetition in range(options.repetitions):
        for product in suited:
            if product not in run.candidates:
                continue

            def compare(product: Product = product, repetition: int = repetition) -> list[Row]:
                idle = of("idle-5000", product.name, "idle_cpu_s_per_user_hour")(newest())
                if not idle:
                    raise RuntimeError("what an idle socket costs is not known: python bench/scenarios/idle.py")
                socket: Row = {"case": "idle socket", "cpu_s_per_user_hour": idle, "times_idle_socket": 1.0}
                polls = measure(product, seconds=options.seconds, idle=idle)
                return [{"repetition": repetition, **row} for row in (*polls, socket)]

            run.attempt(product, compare)
            say(f"  {product.name} done")
    run.finish(COLUMNS, by=("candidate", "case"))


if __name__ == "__main__":
    main()
