"""Starts programs on their core, ends them with all their children, and reads what they cost.

CPU time comes from the kernel's per-process clock (`clock_gettime` on the process's own clock id): it is the utime + stime
of /proc/<pid>/stat in nanoseconds instead of hundredths of a second, ended threads included. Memory is the resident set of
smaps_rollup. Both are summed over the process and its descendants.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from suite.machine import ROOT


def _process_clock(pid: int) -> int:
    return (~pid << 3) | 2  # CPUCLOCK_SCHED of the whole process, see clock_getcpuclockid(3)


def _parents() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


class Program:
    """One started program and its descendants."""

    def __init__(
        self,
        name: str,
        command: Iterable[object],
        *,
        cores: Iterable[int],
        environment: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        log: Path | None = None,
        talks: bool = False,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        chosen = set(cores)
        sink: IO[bytes] | int = log.open("wb") if log else subprocess.DEVNULL
        self._process = subprocess.Popen(
            self.command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else sink,
            stderr=sink,
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, chosen),
        )
        self.pid = self._process.pid
        self.stdin, self.stdout = self._process.stdin, self._process.stdout

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float) -> int:
        """Wait for the program to end by itself; returns its exit code."""
        return self._process.wait(seconds)

    def tree(self) -> list[int]:
        """This process and all its descendants."""
        parents, found = _parents(), {self.pid}
        grew = True
        while grew:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            grew = bool(more)
            found |= more
        return sorted(found)

    def cpu_seconds(self) -> float:
        total = 0.0
        for pid in self.tree():
            with contextlib.suppress(OSError):
                total += time.clock_gettime(_process_clock(pid))
        return total

    def memory_kib(self) -> int:
        """Resident set, private and shared, of the whole tree."""
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Rss:"):
                        total += int(line.split()[1])
        return total

    def wait_for_port(self, port: int, *, seconds: float = 30) -> None:
        """Return when somebody listens on 127.0.0.1:port; raise with the end of the log when the program ends first."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if not self.alive:
                break
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.name} did not listen on port {port}: {self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-1500:] if self.log else ""

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the whole process group; twice is harmless."""
        for sign in (how, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for pipe in (self.stdin, self.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
