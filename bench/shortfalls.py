"""What is not reached, by how much, and why: from the targets, the result files and the profiles beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from suite.machine import BENCH
from targets import Document, Documents, Verdict, row_of

DISTURBED = 0.25
"""Cores of other work from which on a reader is warned."""


def others_of(document: Document) -> float:
    """Cores that were busy with something else; files from before that was counted have the load average only."""
    machine = document["machine"]
    if "others" in machine:
        return float(machine["others"]["work_cores"])
    return max(0.0, float(machine["load_average_at_end"][0]) - 1.5 * machine["cores"])


def missed(verdicts: list[Verdict], documents: Documents) -> list[str]:
    """Those that are not reached, by how much, and what the figure is made of."""
    lines = ["## Not reached, and why", ""]
    for one in verdicts:
        if one.reached or one.measured is None:
            continue
        words = f"- **{one.target.what}**, {one.target.whose}: {one.figure} instead of {one.target.asked}"
        words += f"; {one.target.because}." if one.target.because else "."
        lines.append(words + "".join(f" {more}" for more in circumstance(one, documents)))
    return [*lines, ""]


def circumstance(verdict: Verdict, documents: Documents) -> Iterator[str]:
    """What the result file and the profiles say about one missed target."""
    scenario = verdict.target.scenario
    row = row_of(documents, scenario, verdict.target.whose, {}) or {}
    if "server_busy" in row:
        busy = [f"{row[name]['median']:.0%}" for name in ("server_busy", "other_core_busy")]
        yield f"The server's core was {busy[0]} busy then, the other one {busy[1]}."
    path = profile_of(scenario, verdict.target.whose)
    if path:
        yield f"Of its CPU time {shares(path)} ([profile](../../bench/profiles/{path.name}))."
    if scenario in documents and others_of(documents[scenario]) > DISTURBED:
        yield "Other work ran beside it."


def profile_of(scenario: str, whose: str) -> Path | None:
    """The newest profile of a candidate in a scenario."""
    found = sorted((BENCH / "profiles").glob(f"*-{scenario}-{whose.replace(' ', '-')}.txt"))
    return found[-1] if found else None


def shares(path: Path) -> str:
    """How a profile's time is divided between the kernel, the interpreter and the rest."""
    parts: dict[str, float] = {}
    for line in path.read_text().partition("By part of the process")[2].partition("By function")[0].splitlines():
        share, _, name = line.strip().partition("  ")
        if share.endswith("%"):
            kind = "kernel's" if "kernel" in name else "interpreter's" if "libpython" in name else "libraries'"
            parts[kind] = parts.get(kind, 0.0) + float(share[:-1])
    return ", ".join(f"{share:.0f} % is the {kind}" for kind, share in sorted(parts.items(), key=lambda part: -part[1]))
