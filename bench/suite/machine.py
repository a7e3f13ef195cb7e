"""Where a figure was measured, and which core runs what.

A figure without its machine, versions and commit is an anecdote. The server under test has core 0 for itself; everything
that exists only to measure it (load client, publisher, Redis, this program) shares core 1, so that a candidate's CPU time
is its own and its throughput is that of one core. Imports the standard library only.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
SERVER_CORES = frozenset({0})
OTHER_CORES = frozenset({1}) if (os.cpu_count() or 1) > 1 else SERVER_CORES

OWN_NODE = ROOT / ".venv" / "bin" / "node"
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


def _candidate_versions() -> dict[str, str]:
    """The versions that the candidates' own lists pin."""
    candidates = BENCH / "candidates"
    found: dict[str, str] = json.loads((candidates / "node" / "package.json").read_text())["dependencies"]
    for line in (candidates / "python-requirements.txt").read_text().splitlines():
        name, equals, version = line.partition("==")
        if equals and "socketio" in name:
            found[name] = version
    for path in sorted(candidates.glob("*/go.mod")):
        for line in path.read_text().splitlines():
            words = line.removeprefix("require").split()
            if path.parent.name in line and len(words) == 2 and words[1].startswith("v"):
                found[path.parent.name] = words[1]
    return found


def _machine_seconds() -> tuple[float, float]:
    """CPU seconds since boot that the whole machine was busy, and that its host gave to somebody else."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    user, nice, system, _idle, _waiting, irq, softirq, stolen = ticks
    a_second = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / a_second, stolen / a_second


def _own_seconds() -> float:
    """CPU seconds of this process and of all it has started and seen ending."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


_BEGAN = (time.monotonic(), *_machine_seconds(), _own_seconds(), os.getloadavg())


def others() -> dict[str, float]:
    """What else the machine was doing since this process began, in cores: the work of others, and what its host took away."""
    began, busy, stolen, own, _load = _BEGAN
    wall = max(1e-3, time.monotonic() - began)
    busy_now, stolen_now = _machine_seconds()
    work = (busy_now - busy) - (_own_seconds() - own)
    return {"work_cores": round(max(0.0, work) / wall, 3), "stolen_cores": round((stolen_now - stolen) / wall, 3)}


def describe() -> dict[str, object]:
    """The machine, its software and the commit, as they go into every result file; called when the scenario has ended."""
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
            "load_average_at_start": list(_BEGAN[4]),
            "load_average_at_end": list(os.getloadavg()),
            "others": others(),
            "descriptors": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        },
        "versions": {
            "python": platform.python_version(),
            "gcc": _answer("gcc", "-dumpfullversion"),
            "postgresql": _answer("psql", "--version").rpartition("PostgreSQL) ")[2].partition(" ")[0],
            "redis-server": _answer("redis-server", "--version").partition("v=")[2].partition(" ")[0],
            "node": _answer(str(OWN_NODE) if OWN_NODE.exists() else "node", "--version"),
            "go": _answer("go", "version").removeprefix("go version "),
            **_package_versions(),
            **_candidate_versions(),
        },
    }
