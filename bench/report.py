"""Tables and plots from the newest result file of every scenario: docs/operate/benchmarks.md, bench/plots/*.svg, README.md.

Nothing is typed by hand: what is not in a result file is not in the report, and the same files give the same report.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from headline import in_readme
from shortfalls import DISTURBED, missed, others_of
from suite.load_client import HEADROOM
from suite.machine import BENCH, ROOT
from suite.plot import bars, short
from suite.results import newest, write
from targets import Document, Documents, judge

LABELS = ("candidate", "case", "processes", "throttle", "stopped_by")

SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "in-turn-1000": (
        "In turn with C, in one process",
        {"cpu_us": "CPU µs a delivery", "cpu_us_ratio": "× C"},
    ),
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
            "per_cpu_second": "events a CPU-s",
            "server_busy": "server's core busy",
            "other_core_busy": "the other core busy",
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
                "processes": "processes",
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
    "recorded-request": (
        "What recording adds to a request",
        {
            "case": "request",
            "without_ms": "ms without",
            "with_ms": "ms with",
            "added": "added, of the time",
            "added_cpu": "added, of the CPU",
        },
    ),
    "friends-fanout": (
        "One post to 5,000 friends",
        {"request_ms": "request ms", "all_committed_s": "all committed s", "all_delivered_s": "all delivered s"},
    ),
    "processes": (
        "Two gateways against one",
        {"rate": "deliveries/s", "growth": "× one process", "cpu_us": "CPU µs a delivery, both", "missing": "lost"},
    ),
    "hot-post-1000": (
        "A post that 1,000 people watch",
        {
            "likes_per_second": "likes/s",
            "gateway_share": "share of the gateway's core",
            "frames_per_watcher_second": "frames/s a watcher",
            "behind": "watchers without the last count",
            "bystander_p99_ms": "bystander p99 ms",
        },
    ),
    "click-to-toast": (
        "From the click on Accept to the toast in another browser",
        {"count": "clicks", "median_ms": "median ms", "p99_ms": "p99 ms", "most_ms": "most ms"},
    ),
    "interaction": (
        "Interaction to next paint",
        {"count": "interactions", "inp_ms": "worst ms", "p75_ms": "p75 ms", "median_ms": "median ms"},
    ),
    "web-size": ("What a browser downloads", {"bytes": "bytes gzip", "limit": "at most"}),
}

PLOTTED = {
    "fanout-1000": ("cpu_us", "Server CPU of one delivery, fan-out to 1,000 sockets", "µs, less is better", True),
    "idle-5000": ("bytes_per_connection", "Memory of one idle connection", "bytes, less is better", True),
    "connect-storm": ("connects_per_second", "Connects a second on one core", "more is better", True),
    "unicast": ("rate", "Unicast events a second on one core", "without loss, more is better", True),
}


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
    labels = [key for key in LABELS if key in first and not isinstance(first[key], dict)]
    columns = {key: heading for key, heading in columns.items() if key not in labels}
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
    return [*lines, "", *headroom(document), *profiles(document["scenario"]), circumstances(document), ""]


def headroom(document: Document) -> list[str]:
    """How much of its core the load client used, where it was counted."""
    used = {
        str(row.get("candidate") or row.get("case")): row["load_busy"]
        for row in document["summary"]
        if isinstance(row.get("load_busy"), dict)
    }
    if not used:
        return []
    busiest = max(used, key=lambda name: float(used[name]["median"]))
    words = f"Load client: at most {used[busiest]['median']:.0%} of its core ({busiest})."
    full = [name for name, busy in used.items() if busy["median"] > HEADROOM]
    if full:
        words += f" It was **more than {HEADROOM:.0%} busy with {', '.join(full)}**: rates and times there are the client's own, "
        words += "CPU a delivery is not."
    return [words, ""]


def profiles(scenario: str) -> list[str]:
    """Links to the profiles that are kept beside this result."""
    found = sorted((BENCH / "profiles").glob(f"*-{scenario}*.txt"))
    if not found:
        return []
    links = ", ".join(f"[{path.stem}](../../bench/profiles/{path.name})" for path in found)
    return [f"Where the time goes: {links}.", ""]


def circumstances(document: Document) -> str:
    """The command, when, which commit, and what else the machine was doing."""
    machine = document["machine"]
    load = ", ".join(f"{value:.1f}" for value in machine["load_average_at_end"])
    commit = document["commit"] + (" and changes" if document["uncommitted_changes"] else "")
    words = f"`{document['command']}` · {document['at']} · commit {commit} · load average afterwards {load}"
    if "others" in machine:
        words += f", others' work {machine['others']['work_cores']:.2f} of {machine['cores']} cores"
    return f"{words} · [raw](../../bench/results/{document['file']})"


def plot(document: Document) -> str:
    """The scenario's chart, or nothing."""
    member, title, subtitle, logarithmic = PLOTTED[document["scenario"]]
    rows = [
        (row["candidate"], row[member]["median"], row[member]["min"], row[member]["max"])
        for row in document["summary"]
        if member in row
    ]
    when = f"{subtitle}; {document['at'][:10]}, {document['machine']['cpu']}"
    return bars(title, when, rows, logarithmic=logarithmic) if rows else ""


def loads(documents: Documents) -> str:
    """Under which load the figures were taken, in words: the files know it."""
    found = {name: one for name, one in documents.items() if name in SECTIONS}
    ends = [one["machine"]["load_average_at_end"][0] for one in found.values()]
    busy = sorted(
        (name for name in found if others_of(found[name]) > DISTURBED), key=lambda name: -others_of(found[name])
    )
    words = (
        f"**Load.** The load average when a scenario ended, its own work included, was {min(ends):.1f} to {max(ends):.1f}; "
        "each section names its own, and what others used of the machine meanwhile. "
    )
    if not busy:
        return words + f"No scenario had more than {DISTURBED} cores of other work beside it."
    return words + (
        f"Other work was running beside {len(busy)} of {len(found)}: {', '.join(busy)}. There, latencies, rates and times include "
        "waiting for a core, for every candidate alike, the reference too; CPU a delivery suffers from cold caches, and ratios "
        "within a run the least. On a quiet machine all of them are better. To measure anew: `make bench`, on a machine with "
        "nothing else to do."
    )


def target_table(documents: Documents) -> list[str]:
    """Every target with its figure, and whether it is reached."""
    verdicts = judge(documents)
    known = [one for one in verdicts if one.measured is not None]
    lines = [
        "## Targets",
        "",
        f"{sum(one.reached for one in verdicts)} of {len(verdicts)} are reached, {len(verdicts) - len(known)} are not measured. "
        "They (`bench/targets.py`) were set before the code was written; the figure is the median of the newest result file.",
        "",
        "| what | whose | measured | target | reached | command |",
        "|---|---|---|---|---|---|",
    ]
    for one in verdicts:
        command = f"`{one.command}`" if one.command else "—"
        cells = (one.target.what, one.target.whose, one.figure, one.target.asked, one.words, command)
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *missed(verdicts, documents)]


def page(documents: Documents) -> str:
    """The whole of docs/operate/benchmarks.md."""
    some = max(documents.values(), key=lambda one: str(one["at"]))
    machine, versions = some["machine"], some["versions"]
    processors = sorted({str(one["machine"]["cpu"]) for one in documents.values()})
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench-report` from the files in `bench/results/`; do not edit.",
        "",
        f"Machine: {' and '.join(processors)}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}. "
        "The server under test has core 0 to itself; load client, Redis and PostgreSQL share core 1. "
        "H is a C program that does nothing but the system calls (`bench/c/reference.c`). Medians, with least and most of "
        "all repetitions in brackets. Wall-clock rates of such machines swing by a factor of two; the ratio to H, measured "
        "in the same run, is the figure to trust.",
        "",
        loads(documents),
        "",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items() if version) + ".",
        "",
        *target_table(documents),
    ]
    for scenario in SECTIONS:
        if scenario in documents:
            lines += section(documents[scenario])
    lines += ["## What one delivery is", ""]
    deliveries: dict[str, str] = {}
    for document in documents.values():
        deliveries |= document["deliveries"]
    lines += [f"- **{name}**: {words}." for name, words in deliveries.items()]
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Every file of the report and its text, by its path in the project."""
    documents = newest()
    if not documents:
        raise SystemExit("no results yet: run `make bench`, or one of bench/scenarios/*.py")
    found = {"docs/operate/benchmarks.md": page(documents)}
    found["README.md"] = in_readme((ROOT / "README.md").read_text(), documents)
    charts = {name: plot(documents[name]) for name in PLOTTED if name in documents}
    return found | {f"bench/plots/{name}.svg": chart for name, chart in charts.items() if chart}


if __name__ == "__main__":
    write(files())
