"""The table of all faults, from what the cases left under test-results/chaos: `python -m tests.chaos.table [write]`.

`write` puts it into docs/operate/chaos.md with today's date and this machine, between the marks that stand there.
"""

import datetime
import os
import platform
import sys
from typing import Any

from tests.chaos import results
from tests.support.databases import ROOT

PAGE = ROOT / "docs" / "operate" / "chaos.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
COLUMNS: tuple[str, ...] = ("fault", "profile", "events", "clients", "lost", "duplicated", "reordered")
COLUMNS += ("phantom, foreign", "healed, s", "latest, s", "blackout, s", "peak memory, MB", "after, MB", "catches")
Row = dict[str, Any]


def line(row: Row, caught: set[tuple[str, str, str]]) -> str:
    """One fault. A mistake that this run did not try, or did not catch, is said to be so."""
    seed = "" if row.get("seed") is None else f", seed {row['seed']}"
    name = [f"{row['name']}{seed}", row["profile"]]
    if "failed" in row:
        return f"| {' | '.join([*name, 'FAILED: ' + row['failed']])} |" + " |" * (len(COLUMNS) - 3)
    counted = [row[name] for name in ("events", "clients", "lost", "repeated", "disorder")]
    times = [
        f"{row['healed']:.1f}",
        "" if row.get("latest") is None else f"{row['latest']:.1f}",
        f"{row['blackout']:.1f}",
        f"{row['peak'] / 1024:.0f}",
        f"{row['memory'] / 1024:.0f}",
    ]
    mistake = f"`{row['catches']}`"
    if (row["case"], row["profile"], row["catches"]) not in caught:
        mistake += " (not tried)"
    cells = [*name, *counted, row["phantom"] + row["foreign"], *times, mistake]
    return "| " + " | ".join(map(str, cells)) + " |"


def table() -> str:
    """The table in Markdown, and below it what did not run."""
    caught = {(one["case"], one["profile"], one["mistake"]) for one in results.read("caught")}
    lines = [line(row, caught) for row in results.read("row")]
    gaps = [f"- {one['name']} ({one['profile']}): {one['why']}" for one in results.read("skipped")]
    missing = ["", "Not run:", "", *gaps] if gaps else []
    return "\n".join([f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *lines, *missing])


def write() -> None:
    """Put the table into its page.

    Raises:
        SystemExit: what is there is only the short selection, or some of it failed.
    """
    rows = results.read("row")
    if unfit := [row["name"] for row in rows if row["form"] == "short" or "failed" in row]:
        sys.exit(f"Run `make chaos` first: failed, or only the short form of it: {', '.join(unfit)}")
    today = datetime.datetime.now(datetime.UTC).date()
    form = f"rows of the {' and the '.join(sorted({row['form'] for row in rows}))} form"
    machine = (
        f"{today}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{machine}, {form}\n\n{table()}\n\n{END}{after}")


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        write()
    print(table())
