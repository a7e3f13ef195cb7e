"""Tables and plots from the newest result file of every scenario: docs/operate/benchmarks.md and bench/plots/*.svg.

Nothing is typed by hand: what is not in a result file is not in the report.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from suite.machine import BENCH, ROOT
from suite.plot import bars, short
from suite.results import RESULTS

PAGE = ROOT / "docs" / "operate" / "benchmarks.md"
PLOTS = BENCH / "plots"

Document = dict[str, Any]

SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "fanout-1000": (
        "Fan-out to 1,000 sockets",
        {
            "cpu_us": "CPU µs a delivery",
            "cpu_us_ratio": "× H",
            "wall_ms": "ms until all have it",
            "latency_p50_us": "p50 µs",
            "latency_p99_us": "p99 µs",
            "missing": "lost",
        },
    ),
    "fanout-5000": (
        "Fan-out to 5,000 sockets",
        {
            "cpu_us": "CPU µs a delivery",
            "cpu_us_ratio": "× H",
            "wall_ms": "ms until all have it",
            "latency_p99_us": "p99 µs",
            "missing": "lost",
        },
    ),
    "unicast": (
        "Unicast at a rising rate",
        {
            "rate": "events/s held",
            "rate_ratio": "× H",
            "cpu_us": "CPU µs a delivery",
            "latency_p99_us": "p99 µs at that rate",
        },
    ),
    "latency": (
        "Latency at fixed rates",
        {
            "target": "events/s",
            "latency_p50_us": "p50 µs",
            "latency_p99_us": "p99 µs",
            "latency_p99_us_ratio": "p99 × H",
            "cpu_us": "CPU µs a delivery",
            "missing": "lost",
        },
    ),
    **{
        f"idle-{count}": (
            f"{count:,} idle sockets",
            {
                "bytes_per_connection": "bytes a connection",
                "idle_cpu_s_per_user_hour": "CPU-s a user-hour",
                "pings_per_second": "heartbeats/s",
                "kept_after_close": "share kept after close",
            },
        )
        for count in (5000, 10000, 50000)
    },
    "connect-storm": (
        "Connect storm, cold",
        {
            "connects_per_second": "connects/s",
            "cpu_us": "CPU µs a connect",
            "ready_p50_ms": "p50 ms",
            "ready_p99_ms": "p99 ms",
        },
    ),
    "resume-storm": (
        "Resume storm, 100 missed entries each",
        {
            "seconds": "s until all caught up",
            "entries_per_second": "entries/s",
            "entries_per_cpu_second": "entries a CPU-s",
            "ready_p99_ms": "p99 ms",
        },
    ),
    "burst": ("A burst of 500 to one user", {"arrived": "arrived", "missing": "lost", "milliseconds": "ms"}),
    "slow-reader": (
        "Slow readers among many",
        {
            "events_per_second_before": "events/s to each before",
            "events_per_second_during": "events/s to the others during",
            "grown_kib_a_slow_one": "KiB a slow reader",
            "closed": "closed",
            "close_code": "close code",
            "missing_for_slow": "missing for slow",
        },
    ),
    "polling": (
        "Polling every 30 s against an idle socket",
        {
            "requests_per_second": "requests/s",
            "cpu_ms": "CPU ms a request",
            "cpu_s_per_user_hour": "CPU-s a user-hour",
            "times_idle_socket": "× an idle socket",
        },
    ),
    "whole-path": (
        "From the accepting HTTP request to the frame",
        {"p50_ms": "p50 ms", "p90_ms": "p90 ms", "p99_ms": "p99 ms", "request_p50_ms": "request p50 ms"},
    ),
    "recording": (
        "What recording costs",
        {"per_second": "transactions/s", "ratio": "of the rate compared with", "p50_ms": "p50 ms"},
    ),
    "friends-fanout": (
        "One post to 5,000 friends",
        {"request_ms": "request ms", "all_committed_s": "all committed s", "all_delivered_s": "all delivered s"},
    ),
    "processes": ("Two gateways against one", {"rate": "deliveries/s", "growth": "× one process"}),
}

PLOTTED = {
    "fanout-1000": ("cpu_us", "Server CPU of one delivery, fan-out to 1,000 sockets", "µs, less is better", True),
    "idle-5000": ("bytes_per_connection", "Memory of one idle connection", "bytes, less is better", True),
    "connect-storm": ("connects_per_second", "Connects a second on one core", "more is better", True),
    "unicast": ("rate", "Unicast events a second on one core", "without loss, more is better", True),
}


def newest() -> dict[str, Document]:
    """The latest result of every scenario."""
    found: dict[str, Document] = {}
    for path in sorted(RESULTS.glob("*.json")):
        document = json.loads(path.read_text())
        document["file"] = path.name
        found[document["scenario"]] = document
    return found


def _cell(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if key == "close_code" and isinstance(value, dict):
        return f"{value['median']:.0f}" if value["median"] else "—"
    if isinstance(value, dict):
        text = short(value["median"])
        if value["max"] > value["min"] * 1.02:
            text += f" <small>({short(value['min'])}–{short(value['max'])})</small>"
        return text
    if value is None:
        return "—"
    return short(value) if isinstance(value, int | float) else str(value)


def section(document: Document) -> list[str]:
    title, columns = SECTIONS[document["scenario"]]
    first = document["summary"][0] if document["summary"] else {}
    labels = [key for key in first if key in ("candidate", "case", "processes", "stopped_by")]
    lines = [f"## {title}", "", " ".join(document["about"].partition("\n\n")[2].split()), ""]
    head = [*labels, *columns.values()]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in document["summary"]:
        cells = [str(row[key]) for key in labels] + [_cell(row, key) for key in columns]
        lines.append("| " + " | ".join(cells) + " |")
    if document["scenario"] in PLOTTED:
        lines += ["", f"![{title}](../../bench/plots/{document['scenario']}.svg)"]
    for name, reason in document["skipped"].items():
        lines += ["", f"*{name}* was skipped: {reason.splitlines()[0][:200]}"]
    load = ", ".join(f"{value:.1f}" for value in document["machine"]["load_average_before"])
    lines += [
        "",
        f"`{document['command']}` · {document['at']} · commit {document['commit']} · "
        f"load average afterwards {load} · [raw](../../bench/results/{document['file']})",
        "",
    ]
    return lines


def plot(document: Document) -> None:
    member, title, subtitle, logarithmic = PLOTTED[document["scenario"]]
    rows = [
        (row["candidate"], row[member]["median"], row[member]["min"], row[member]["max"])
        for row in document["summary"]
        if member in row
    ]
    if rows:
        PLOTS.mkdir(exist_ok=True)
        when = f"{subtitle}; {document['at'][:10]}, {document['machine']['cpu']}"
        (PLOTS / f"{document['scenario']}.svg").write_text(bars(title, when, rows, logarithmic=logarithmic))


def loads(documents: dict[str, Document]) -> str:
    """Under which load the figures were taken, in words: the files know it."""
    found = {name: one["machine"]["load_average_before"][0] for name, one in documents.items() if name in SECTIONS}
    cores = next(iter(documents.values()))["machine"]["cores"]
    busy = sorted((name for name in found if found[name] > 1.5 * cores), key=lambda name: -found[name])
    words = (
        f"**Load.** The load average when a scenario ended, its own work included, was {min(found.values()):.1f} to "
        f"{max(found.values()):.1f} on {cores} cores; each section names its own. "
    )
    if not busy:
        return words + "No sign of other work beside them."
    return words + (
        f"Other work was running beside {len(busy)} of {len(found)}: {', '.join(busy)}. There, latencies, rates and times include "
        "waiting for a core, for every candidate alike, the reference too; CPU a delivery suffers from cold caches, and ratios "
        "within a run the least. On a quiet machine all of them are better. To measure anew: `make bench`, on a machine with "
        "nothing else to do."
    )


def main() -> None:
    documents = newest()
    if not documents:
        raise SystemExit("no results yet: run `make bench`, or one of bench/scenarios/*.py")
    some = next(iter(documents.values()))
    machine, versions = some["machine"], some["versions"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench-report` from the files in `bench/results/`; do not edit.",
        "",
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}. "
        "The server under test has core 0 to itself; load client, Redis and PostgreSQL share core 1. "
        "H is a C program that does nothing but the system calls (`bench/c/reference.c`). Medians, with least and most of "
        "all repetitions in brackets. Wall-clock rates of such machines swing by a factor of two; the ratio to H, measured "
        "in the same run, is the figure to trust.",
        "",
        loads(documents),
        "",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items() if version) + ".",
        "",
    ]
    for scenario in SECTIONS:
        if scenario in documents:
            lines += section(documents[scenario])
            if scenario in PLOTTED:
                plot(documents[scenario])
    lines += ["## What one delivery is", ""]
    deliveries: dict[str, str] = {}
    for document in documents.values():
        deliveries |= document["deliveries"]
    lines += [f"- **{name}**: {words}." for name, words in deliveries.items()]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
