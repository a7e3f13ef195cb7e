"""What each hot path may cost: budgets.json, measured once, a fifth more is over.

Counts of calls, instructions and memory are those of one minor version of Python, so each version has a column of its own;
where a version has none, the guard is skipped and says how to measure it. Statements are the same everywhere, and exact: one
more is over.

    python -m tests.guards            what it costs now, beside the budget
    python -m tests.guards --write    the same, and that is the budget from now on
"""

import json
import os
import sys
from pathlib import Path

import pytest

from .counting import Figures

TABLE = Path(__file__).with_name("budgets.json")
COLLECT = "GUARDS_COLLECT"
"""Names the file that measured figures are appended to, instead of being compared."""
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
EVERYWHERE = "every version"
ROOM = 1.19
"""A fifth more must be over, also when what does not grow hides a hair of it."""
CRUMBS = {"kept_blocks": 0.05, "peak_bytes": 4.0, "statements": 1.0}
"""How much more is over for figures that may be next to nothing, or must not grow at all."""

Table = dict[str, dict[str, dict[str, dict[str, float]]]]


def column_of(figure: str) -> str:
    """Where in the table a figure stands."""
    return EVERYWHERE if figure == "statements" else VERSION


def below(figure: str, measured: float) -> float:
    """What a figure must stay below, from what was measured."""
    if figure == "statements":
        return measured + CRUMBS[figure]
    return round(max(measured * ROOM, measured + CRUMBS.get(figure, 0.0)), 3)


def load() -> Table:
    """The table in force."""
    found: Table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    return found


def over(path: str, figures: Figures) -> list[str]:
    """In which figures a path costs too much, in words."""
    table = load()
    found: list[str] = []
    for figure, actual in figures.items():
        budget = table.get(column_of(figure), {}).get(path, {}).get(figure)
        if budget is None:
            pytest.skip(
                f"NOT GUARDED: {path} has no budget for {figure} in the column of {column_of(figure)}; "
                "measure it with python -m tests.guards --write"
            )
        if actual >= budget["below"]:
            found.append(f"{path}: {actual:,.2f} {figure}, must be below {budget['below']:,.2f}")
    return found


def hold(path: str, figures: Figures) -> None:
    """Fail when a path costs too much; when figures are being collected, add them instead."""
    if COLLECT in os.environ:
        with Path(os.environ[COLLECT]).open("a") as file:
            file.write(json.dumps({"path": path, "figures": figures}) + "\n")
        return
    assert not over(path, figures)
