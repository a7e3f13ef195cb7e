"""What recording an event adds to the transaction that causes it, and what one hot recipient costs eight writers.

A small change (one UPDATE) alone, with one event for a recipient of the writer's own, and with all writers' events going to
one person. PostgreSQL commits with fsync. `ratio` compares a single writer with the bare change, and eight writers of the hot
case with eight of the distinct one.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness
from candidates import products
from candidates.numeneon_profiles import Product, open_lab
from scenarios.whole_path import inside
from suite.candidate import open_stage
from suite.results import Row, say

COLUMNS = {
    "candidate": "candidate",
    "case": "case",
    "per_second": "transactions/s",
    "ratio": "of the rate compared with",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
}


def measure(product: Product, *, seconds: float, writers: int) -> list[Row]:
    with open_stage() as stage:
        lab = open_lab(stage, product, people=200, postgres=product.role != "serve")
        cases = [("without", 1), ("distinct", 1)]
        if product.role != "serve":
            cases += [("without", writers), ("distinct", writers), ("hot", writers)]
        inside(lab, "record", "distinct", 1, 1)
        found = {case: inside(lab, "record", *case, seconds) for case in cases}
    rows = []
    for (name, crew), row in found.items():
        compared = ("distinct", crew) if name == "hot" else ("without", crew)
        ratio = row["per_second"] / found[compared]["per_second"]
        rows.append({"case": f"{name}, {crew} writer{'s' if crew > 1 else ''}", "ratio": ratio, **row})
    return rows


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    suited = products()
    run = harness.begin("recording", __doc__, options, [*suited])
    for repetition in range(options.repetitions):
        for product in suited:
            if product in run.candidates:

                def rows(product: Product = product, repetition: int = repetition) -> list[Row]:
                    made = measure(product, seconds=options.seconds, writers=options.writers)
                    return [{"repetition": repetition, **row} for row in made]

                run.attempt(product, rows)
        say(f"  repetition {repetition + 1} done")
    run.finish(COLUMNS, by=("candidate", "case"))


if __name__ == "__main__":
    main()
