"""Run the suite, or the named scenarios of it: `python bench/run.py`, `python bench/run.py fanout-1000 burst`.

Each line of the plan is a scenario's own command, as anyone could type it; they run one after the other, each in a process
of its own, and none takes longer than a few minutes. `--list` shows them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 300
"""Seconds after which a scenario is given up; alone on a machine none needs two minutes."""

PLAN: dict[str, list[str]] = {
    "in-turn": ["in_turn.py"],
    "fanout-1000": ["fanout.py", "--connections", "1000"],
    "fanout-5000": ["fanout.py", "--connections", "5000"],
    "unicast": ["unicast.py"],
    "latency": ["unicast.py", "--rates", "500", "2000"],
    "idle-5000": ["idle.py", "--connections", "5000"],
    "idle-10000": ["idle.py", "--connections", "10000"],
    "idle-50000": ["idle.py", "--connections", "50000"],
    "connect-storm": ["storm.py"],
    "resume-storm": ["storm.py", "--missed", "100"],
    "burst": ["burst.py"],
    "slow-reader": ["burst.py", "--slow", "5"],
    "polling": ["polling.py"],
    "whole-path": ["whole_path.py"],
    "click-to-toast": ["click_to_toast.py"],
    "interaction": ["interaction.py"],
    "web-size": ["web_size.py"],
    "hot-post": ["hot_post.py"],
    "recording": ["recording.py"],
    "recorded-request": ["recorded_request.py"],
    "friends-fanout": ["friends.py"],
    "processes": ["processes.py"],
}


def main(words: list[str]) -> int:
    if "--list" in words:
        sys.stdout.writelines(
            f"{name:16} python bench/scenarios/{' '.join(command)}\n" for name, command in PLAN.items()
        )
        return 0
    unknown = [word for word in words if word not in PLAN]
    if unknown:
        sys.stderr.write(f"no scenario {', '.join(unknown)}; there are {', '.join(PLAN)}\n")
        return 2
    failed, wanted, start = [], words or list(PLAN), time.monotonic()
    for number, name in enumerate(wanted, start=1):
        script, *options = PLAN[name]
        began = time.monotonic()
        sys.stdout.write(f"[{number}/{len(wanted)}, {(began - start) / 60:.0f} min] ")
        sys.stdout.flush()
        scenario = subprocess.Popen([sys.executable, str(HERE / "scenarios" / script), *options])
        try:
            code = scenario.wait(LIMIT)
        except subprocess.TimeoutExpired:
            scenario.terminate()  # it ends what it has started; killed, it would not
            code = scenario.wait(60)
        sys.stdout.write(f"  {time.monotonic() - began:.0f} s\n\n")
        sys.stdout.flush()
        if code:
            failed.append(name)
    sys.stdout.write(f"{len(wanted)} scenarios in {(time.monotonic() - start) / 60:.0f} min\n")
    if failed:
        sys.stderr.write(f"failed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
