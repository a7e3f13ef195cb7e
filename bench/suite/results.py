"""Result files and the table a run prints.

A file holds one scenario: where and how it ran, every repetition's raw rows, and medians with their spread, so that a later
reader can form another opinion. `report.py` makes the published tables from these files alone.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from suite import machine

RESULTS = machine.BENCH / "results"
Row = dict[str, Any]


def newest() -> dict[str, Row]:
    """The latest result of every scenario, with its file's name as `file`."""
    found: dict[str, Row] = {}
    for path in sorted(RESULTS.glob("*.json")):
        document = json.loads(path.read_text())
        found[document["scenario"]] = {**document, "file": path.name}
    return found


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def spread(values: Iterable[float]) -> dict[str, float]:
    """Median, least and most of some repetitions."""
    numbers = sorted(values)
    return {"median": statistics.median(numbers), "min": numbers[0], "max": numbers[-1]}


def summarise(rows: Iterable[Row], *, by: Iterable[str] = ("candidate",)) -> list[Row]:
    """One row per combination of `by`, each numeric member as median, min and max over its repetitions."""
    keys = tuple(by)
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    summary = []
    for values, group in groups.items():
        made: Row = dict(zip(keys, values, strict=True))
        made["repetitions"] = len(group)
        for name, value in group[0].items():
            numbers = [row[name] for row in group if isinstance(row.get(name), int | float)]
            if isinstance(value, int | float) and name not in keys and numbers:
                made[name] = spread(numbers)
        summary.append(made)
    return summary


def table(rows: list[Row], columns: Mapping[str, str]) -> str:
    """Rows as text; `columns` maps a member to its heading. Spread members show their median."""

    def cell(row: Row, key: str) -> str:
        value = row.get(key)
        if isinstance(value, dict):
            value = value.get("median")
        if isinstance(value, float):
            return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
        return "—" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

    lines = [list(columns.values())] + [[cell(row, key) for key in columns] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]

    def aligned(line: list[str]) -> str:
        first, *others = (text.rjust(width) for text, width in zip(line, widths, strict=True))
        return "  ".join([first.strip().ljust(widths[0]), *others])

    return "\n".join(aligned(line) for line in lines)


def save(
    scenario: str,
    *,
    about: str,
    rows: list[Row],
    summary: list[Row],
    skipped: Mapping[str, str],
    deliveries: Mapping[str, str],
    parameters: Mapping[str, object],
    described: Mapping[str, object],
) -> Path:
    """Write `bench/results/<date>-<scenario>.json`, replacing one of the same day."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{scenario}.json"
    document = {
        "scenario": scenario,
        "about": about,
        "command": " ".join(["python", *_relative(sys.argv)]),
        **described,
        "parameters": dict(parameters),
        "deliveries": dict(deliveries),
        "skipped": dict(skipped),
        "summary": summary,
        "rows": rows,
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path


def write(files: Mapping[str, str]) -> None:
    """Put generated files where they belong, by their paths in the project."""
    for name, text in files.items():
        path = machine.ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        say(name)


def _relative(words: list[str]) -> list[str]:
    root = f"{machine.ROOT}/"
    return [word.removeprefix(root) for word in words]
