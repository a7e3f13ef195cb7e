"""One post by somebody with 5,000 friends: how long the author waits, until every stream has it, until every socket has it.

The request records one job; the worker tells the friends in chunks. Committed means that no job is left.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import products
from candidates.numeneon_profiles import Product, open_lab
from scenarios.whole_path import inside, start_servers
from suite.candidate import open_stage
from suite.http import Http, tokens
from suite.load_client import LoadClient
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "request_ms": "request ms",
    "all_committed_s": "all committed s",
    "all_delivered_s": "all delivered s",
    "missing": "missing",
}


def measure(product: Product, *, friends: int, posts: int) -> list[Row]:
    rows: list[Row] = []
    with open_stage() as stage:
        lab = open_lab(stage, product, people=friends + 1, postgres=product.role != "serve")
        inside(lab, "befriend", 1, friends)
        web, gateway, _ = start_servers(stage, product, lab)
        load = LoadClient(dataclasses.replace(lab.address, ports=(gateway,)), most=friends + 10)
        stage.later(load.close)
        if load.open(friends + 1, seconds=60)["ready"] != friends + 1:
            raise RuntimeError("not all sockets came up")
        signed, http = tokens(lab.address.hellos or Path())[0], Http(web)
        for number in range(posts):
            http.ask("GET", "/api/friends/requests/", token=signed)
            load.zero()
            began = time.monotonic_ns()
            status, text = http.ask("POST", "/api/posts/", token=signed, body={"content": f"Hello, number {number}"})
            request = (time.monotonic_ns() - began) / 1e6
            if status >= 300:
                raise RuntimeError(f"the post was answered {status}: {text[:200]!r}")
            answer = load.until(friends, seconds=30)
            left = inside(lab, "committed", 10)["left"]
            rows.append(
                {
                    "request_ms": request,
                    "all_delivered_s": (answer["last_at"] - began) / 1e9,
                    # every frame is sent after its commit, so the last frame bounds the last commit from above
                    "all_committed_s": (answer["last_at"] - began) / 1e9 if not left else None,
                    "missing": max(0, friends - answer["events"]),
                    "load_busy": answer["busy"],
                }
            )
        http.close()
    return rows[1:]


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--friends", type=int, default=5000)
    parser.add_argument("--posts", type=int, default=6, help="the first is the warm-up")
    options = parser.parse_args()
    suited = products()
    run = harness.begin("friends-fanout", __doc__, options, [*suited])
    for product in suited:
        if product in run.candidates:
            run.attempt(product, partial(measure, product, friends=options.friends, posts=options.posts))
            say(f"  {product.name} done")
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
