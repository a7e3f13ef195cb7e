"""Where the CPU time of the hot paths goes: profiles kept beside the results, `bench/profiles/<date>-<scenario>-….txt`.

    python bench/profiling.py [fanout-1000 | unicast | connect-storm …]

The same servers, sockets and load as in the scenario, watched by `perf` (kernel and C, all of the process) and in a second
stretch by `py-spy` (lines of Python). Neither is the measurement: a watched server is slower, and the shares are what counts.
"""

from __future__ import annotations

import argparse
import collections
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness
from candidates import everyone
from scenarios.fanout import PACE_US, one_stretch
from scenarios.unicast import at_rate
from suite import machine
from suite.candidate import Candidate, open_stage
from suite.results import Row, say
from suite.tools import Missing, python_packages

PROFILES = machine.BENCH / "profiles"
SECONDS = 5.0
RATE = 30_000
PLAN = {
    "fanout-1000": ("numeneon embedded", "numeneon scaled"),
    "unicast": ("numeneon scaled",),
    "connect-storm": ("numeneon scaled",),
}
Work = Callable[[], Row]


def perf() -> str:
    found = shutil.which("perf")
    if not found:
        raise Missing("perf is not installed: apt-get install linux-perf")
    return found


def watched_by_perf(pid: int, work: Work, folder: Path) -> tuple[Row, str]:
    """The stretch, and perf's flat table of symbols."""
    record = folder / "perf.data"
    words = [perf(), "record", "-e", "cpu-clock", "-F", "1999", "-p", str(pid), "-o", str(record), "-q"]
    watcher = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    row = work()
    watcher.terminate()
    watcher.wait(30)
    shown = [perf(), "report", "-i", str(record), "--stdio", "--no-children", "-q", "--percent-limit", "0.4"]
    by_part = subprocess.run([*shown, "--sort", "dso"], capture_output=True, text=True, check=True).stdout
    by_symbol = subprocess.run([*shown, "--sort", "dso,symbol"], capture_output=True, text=True, check=True).stdout
    return row, f"By part of the process\n\n{tidy(by_part)}\n\nBy function\n\n{tidy(by_symbol)}\n"


def tidy(table: str) -> str:
    """perf's table without blank lines and padding."""
    return "\n".join(line.rstrip(" -") for line in table.splitlines() if line.strip())


def watched_by_py_spy(pid: int, work: Work, folder: Path) -> str:
    """Shares of lines of Python that were running, each counted where it stood itself."""
    raw = folder / "raw"
    program = python_packages() / "bin" / "py-spy"
    words = [
        str(program),
        "record",
        "-p",
        str(pid),
        "-d",
        str(int(SECONDS)),
        "-r",
        "997",
        "-f",
        "raw",
        "-o",
        str(raw),
        "--gil",
    ]
    watcher = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    work()
    watcher.wait(60)
    if not raw.exists():
        return "py-spy could not watch it."
    own: collections.Counter[str] = collections.Counter()
    for line in raw.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        own[stack.rpartition(";")[2]] += int(count)
    total = sum(own.values()) or 1
    return "\n".join(f"{count / total:7.2%}  {where}" for where, count in own.most_common(30))


def stretch(scenario: str, each: harness.Connected) -> Work:
    """What is repeated while somebody watches."""
    if scenario == "unicast":
        return lambda: at_rate(each, RATE, SECONDS)
    if scenario == "connect-storm":
        return lambda: storm(each)
    connections = int(scenario.partition("-")[2])
    return lambda: one_stretch(each, connections=connections, seconds=SECONDS, least=2)


def storm(each: harness.Connected) -> Row:
    """All sockets closed and opened again, for as long as a stretch is."""
    count, opened, began, before = 5_000, 0, time.monotonic(), each.running.cpu_seconds()
    while time.monotonic() - began < SECONDS:
        each.load.ask("drop")
        opened += each.load.open(count, at_once=500, seconds=60)["ready"]
    return {"cpu_us": (each.running.cpu_seconds() - before) / opened * 1e6}


def profile(scenario: str, candidate: Candidate) -> Path:
    """Watch one candidate in one scenario; the file that says where its time went."""
    connections = 5_000 if scenario == "connect-storm" else 1_000
    options = argparse.Namespace(candidates=[candidate.name], keep=False)
    run = harness.Run(scenario, "", options, [candidate])
    with open_stage() as stage:
        each = harness.connect(run, stage, candidate, connections=connections, shared=scenario.startswith("fanout"))
        if not each:
            raise Missing(f"{candidate.name} did not come up: {run.skipped[candidate.name]}")
        if scenario.startswith("fanout"):
            each.load.pace(PACE_US)
        work, pid = stretch(scenario, each), each.running.programs[0].pid
        work()
        row, compiled = watched_by_perf(pid, work, stage.folder)
        python = watched_by_py_spy(pid, work, stage.folder)
    described = machine.describe()
    head = [
        f"{scenario}, {candidate.name}: {row['cpu_us']:.2f} CPU µs an operation while being watched",
        f"python bench/profiling.py {scenario} · {described['at']} · commit {described['commit']} · "
        f"{described['machine']['cpu']}, Linux {described['machine']['kernel']} · others' work "  # type: ignore[index]
        f"{described['machine']['others']['work_cores']} cores",  # type: ignore[index]
    ]
    text = "\n".join(
        [
            *head,
            "",
            "perf, share of the process' CPU time",
            "",
            compiled,
            "py-spy, share of Python's, by line",
            "",
            python,
        ]
    )
    PROFILES.mkdir(exist_ok=True)
    path = PROFILES / f"{datetime.now(UTC):%Y-%m-%d}-{scenario}-{candidate.name.replace(' ', '-')}.txt"
    path.write_text(text.replace(f"{machine.ROOT}/", "") + "\n")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenarios", nargs="*", choices=[*PLAN, []], help=", ".join(PLAN))
    wanted = parser.parse_args().scenarios or list(PLAN)
    machine.raise_descriptor_limit()
    os.environ["PATH"] = f"{machine.ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    for scenario in wanted:
        for candidate in everyone():
            if candidate.name in PLAN[scenario]:
                say(str(profile(scenario, candidate).relative_to(machine.ROOT)))


if __name__ == "__main__":
    main()
