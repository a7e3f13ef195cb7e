"""Measure every hot path and show it beside its budget; with `--write`, make that the budget."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .budgets import COLLECT, TABLE, VERSION, below, column_of, load
from .counting import Figures

ROOT = Path(__file__).resolve().parents[2]
RUNS = {
    "tests/unit/guards/test_hot_paths.py": ("embedded",),
    "tests/integration/guards/test_statements.py": ("embedded", "scaled"),
}


def measure() -> dict[str, Figures]:
    """Run the guards themselves, in both profiles, collecting instead of comparing."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        collected = Path(folder) / "figures"
        collected.touch()
        for tests, profiles in RUNS.items():
            for profile in profiles:
                environment = os.environ | {COLLECT: str(collected), "HUDDL_PROFILE": profile}
                words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests]
                done = subprocess.run(words, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
                if done.returncode:
                    sys.exit(done.stdout[-4000:])
        for line in collected.read_text().splitlines():
            one = json.loads(line)
            found.setdefault(one["path"], {}).update(one["figures"])
    return found


def show(found: dict[str, Figures]) -> bool:
    """Print actual and budget; whether any is over."""
    table, any_over = load(), False
    print(f"{'path':24} {'figure':13} {'measured':>10} {'budget':>10} {'now':>10}")
    for path, figures in found.items():
        for figure, actual in figures.items():
            budget = table.get(column_of(figure), {}).get(path, {}).get(figure)
            verdict = "no budget"
            if budget is not None:
                verdict = "OVER" if actual >= budget["below"] else ""
                any_over = any_over or bool(verdict)
            before, limit = (budget["measured"], budget["below"]) if budget else (0.0, 0.0)
            print(f"{path:24} {figure:13} {before:10,.2f} {limit:10,.2f} {actual:10,.2f} {verdict}")
    return any_over


def write(found: dict[str, Figures]) -> None:
    """Replace the columns that were measured."""
    table = load()
    for path, figures in found.items():
        for figure, actual in figures.items():
            column = table.setdefault(column_of(figure), {})
            column.setdefault(path, {})[figure] = {"measured": round(actual, 3), "below": below(figure, actual)}
    TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")
    print(f"{TABLE.relative_to(ROOT)} is rewritten for Python {VERSION}")


def main(words: list[str]) -> int:
    """Status 1 when a path costs too much and that is not being made the budget."""
    if set(words) - {"--write"}:
        print(__doc__)
        return 2
    found = measure()
    any_over = show(found)
    if words:
        write(found)
        return 0
    return int(any_over)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
