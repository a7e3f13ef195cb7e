"""The whole path: from the request that accepts a friend request to the frame on the asker's socket.

HTTP in, authentication, transaction, COMMIT, bus, gateway, socket, with N users connected and idle. Counted from before the
request is written to when the load client has read the frame; the scaled profile has a web and a gateway process.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import products
from candidates.numeneon_profiles import HERE, Lab, Product, open_lab
from suite.candidate import Stage, open_stage
from suite.http import Http, tokens
from suite.load_client import LoadClient
from suite.machine import SERVER_CORES
from suite.processes import Program
from suite.results import Row, say
from suite.tools import free_port

COLUMNS = {
    "candidate": "candidate",
    "p50_ms": "p50 ms",
    "p90_ms": "p90 ms",
    "p99_ms": "p99 ms",
    "request_p50_ms": "request p50 ms",
    "lost": "lost",
}


def inside(lab: Lab, *words: object) -> Row:
    """Run one of `candidates/numeneon/inside.py`'s measurements; its answer."""
    command = [sys.executable, str(HERE / "inside.py"), *[str(word) for word in words]]

    done = subprocess.run(
        command, env={**os.environ, **lab.environment}, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
    found: Row = json.loads(done.stdout)
    return found


def start_servers(stage: Stage, product: Product, lab: Lab) -> tuple[int, int, list[Program]]:
    """Start what the profile consists of; the HTTP port, the socket port, the processes."""
    roles = ("serve",) if product.role == "serve" else ("web", "gateway", "worker")
    ports: dict[str, int] = {}
    programs = []
    for role in roles:
        words: list[object] = [sys.executable, HERE / "serve.py", role]
        if role != "worker":
            ports[role] = free_port()
            words += ["--host", "127.0.0.1", "--port", ports[role], "--drain", "0"]
        program = stage.start(f"{product.name} {role}", words, cores=SERVER_CORES, environment=lab.environment)
        if role in ports:
            program.wait_for_port(ports[role])
        programs.append(program)
    return ports[roles[0]], ports.get("gateway", ports[roles[0]]), programs


def measure(product: Product, *, connections: int, count: int) -> Row:
    with open_stage() as stage:
        lab = open_lab(stage, product, people=connections, postgres=product.role != "serve")
        asked = inside(lab, "requests", count)["ids"]
        web, gateway, _ = start_servers(stage, product, lab)
        load = LoadClient(dataclasses.replace(lab.address, ports=(gateway,)), most=connections + 10)
        stage.later(load.close)
        if load.open(connections)["ready"] != connections:
            raise RuntimeError("not all sockets came up")
        signed, http = tokens(lab.address.hellos or Path()), Http(web)
        paths, requests, busy, lost = [], [], [], 0
        for number, request_id in enumerate(asked):
            load.zero()
            began = time.monotonic_ns()
            status, text = http.ask("POST", f"/api/friends/accept/{request_id}/", token=signed[2 * number])
            requests.append((time.monotonic_ns() - began) / 1e6)
            if status >= 300:
                raise RuntimeError(f"accept answered {status}: {text[:200]!r}")
            # two frames: the asker hears that it was accepted, the accepter's own devices that a friend was added
            answer = load.until(2, seconds=5)
            lost += 2 - answer["events"]
            busy.append(answer["busy"])
            if number >= count // 10:
                paths.append((answer["first_at"] - began) / 1e6)
        http.close()
    paths.sort()
    return {
        "count": len(paths),
        "p50_ms": statistics.median(paths),
        "p90_ms": paths[int(len(paths) * 0.9)],
        "p99_ms": paths[int(len(paths) * 0.99)],
        "request_p50_ms": statistics.median(requests),
        "lost": lost,
        "load_busy": statistics.median(busy),
    }


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=2)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--count", type=int, default=300)
    options = parser.parse_args()
    suited = products()
    run = harness.begin("whole-path", __doc__, options, [*suited])
    for repetition in range(options.repetitions):
        for product in suited:
            if product in run.candidates:
                work = partial(measure, product, connections=options.connections, count=options.count)
                run.attempt(product, work, repetition=repetition)
        say(f"  repetition {repetition + 1} done")
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
