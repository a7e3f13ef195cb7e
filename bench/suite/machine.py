"""Where a figure was measured, and which core runs what.

A figure without its machine, versions and commit is an anecdote. The server under test has core 0 for itself; everything
that exists only to measure it (load client, publisher, Redis, this program) shares core 1, so that a candidate's CPU time
is its own and its throughput is that of one core. Imports the standard library only.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
SERVER_CORES = frozenset({0})
OTHER_CORES = frozenset({1}) if (os.cpu_count() or 1) > 1 else SERVER_CORES

PACKAGES = (
    "django",
    "channels",
    "channels-redis",
    "daphne",
    "uvicorn",
    "uvloop",
    "httptools",
    "picows",
    "redis",
    "hiredis",
    "msgspec",
    "psycopg",
)


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many sockets as the machine allows; returns that number."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, cwd=ROOT, check=False)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip()


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _memory_gib() -> float:
    kib = int(Path("/proc/meminfo").read_text().split()[1])
    return round(kib / 1024 / 1024, 1)


def _package_versions() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def describe() -> dict[str, object]:
    """The machine, its software and the commit, as they go into every result file."""
    changed = _answer("git", "status", "--porcelain", "--", "backend", "bench")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _answer("git", "rev-parse", "--short", "HEAD"),
        "uncommitted_changes": bool(changed),
        "machine": {
            "cpu": _cpu_model(),
            "cores": os.cpu_count(),
            "memory_gib": _memory_gib(),
            "kernel": platform.release(),
            "load_average_before": list(os.getloadavg()),
            "descriptors": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        },
        "versions": {
            "python": platform.python_version(),
            "gcc": _answer("gcc", "-dumpfullversion"),
            "redis-server": _answer("redis-server", "--version").partition("v=")[2].partition(" ")[0],
            "node": _answer("node", "--version"),
            "go": _answer("go", "version").removeprefix("go version "),
            **_package_versions(),
        },
    }
