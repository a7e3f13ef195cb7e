"""The table of all faults, from what the cases left under test-results/chaos: `python -m tests.chaos.table [write]`.

`write` puts it into docs/operate/chaos.md with today's date and this machine, between the marks that stand there.
"""

import datetime
import json
import os
import platform
import sys
from typing import Any

from tests.chaos.form import RESULTS
from tests.support.databases import ROOT

PAGE = ROOT / "docs" / "operate" / "chaos.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
COLUMNS: tuple[str, ...] = ("fault", "events", "clients", "lost", "repeated", "reordered", "phantom, foreign")
COLUMNS += ("healed, s", "blackout, s", "memory, MB", "catches")


def rows() -> list[dict[str, Any]]:
    """What each fault came to, by name."""
    found = [json.loads(path.read_text()) for path in RESULTS.glob("*.json") if " " not in path.name]
    return sorted(found, key=lambda row: str(row["fault"]).lower())


def line(row: dict[str, Any]) -> str:
    strange = row["phantom"] + row["foreign"]
    counted = [row[name] for name in ("events", "clients", "lost", "repeated", "disorder")]
    times = [f"{row['healed']:.1f}", f"{row['blackout']:.1f}", f"{row['memory'] / 1024:.0f}"]
    return "| " + " | ".join(map(str, [row["fault"], *counted, strange, *times, f"`{row['catches']}`"])) + " |"


def table() -> str:
    """The table in Markdown."""
    return "\n".join([f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *map(line, rows())])


def write() -> None:
    """Put the table into its page."""
    today = datetime.datetime.now(datetime.UTC).date()
    machine = (
        f"{today}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{machine}\n\n{table()}\n\n{END}{after}")


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        write()
    print(table())
