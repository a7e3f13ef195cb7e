"""What a test leaves behind: processes and threads, network namespaces and mounts. Whatever it is that a fault was made of, the
next test must not find it there, and least of all when this one has failed half-way.

Pipes and sockets that nobody closed are found by the garbage collector, which is sent here and not when it pleases: pytest then
blames the test that left them.
"""

import gc
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

NAMESPACES, MOUNTS = Path("/run/netns"), Path("/proc/self/mounts")
PATIENCE = 5.0
"""Seconds for what has been told to end."""


class Left(AssertionError):
    """Something is there that was not there before."""


@contextmanager
def leaving_nothing(mine: Path, *, standing: Callable[[], Collection[int]] = tuple) -> Iterator[None]:
    """Whatever happens inside, it leaves nothing.

    Args:
        mine: the folder of this test run, by which its mounts are known from those of others.
        standing: the processes that may have been replaced meanwhile.

    Raises:
        Left: it did.
    """
    before = found(mine)
    yield
    deadline = time.monotonic() + PATIENCE
    while left := found(mine) - before - {f"process {pid}: {_command(pid)}" for pid in standing()}:
        if time.monotonic() > deadline:
            raise Left("; ".join(sorted(left)))
        time.sleep(0.05)
    gc.collect()


def found(mine: Path) -> set[str]:
    """All that can be left."""
    return {*_threads(), *_processes(), *_namespaces(), *_mounts(mine)}


def _threads() -> Iterator[str]:
    for thread in threading.enumerate():
        yield f"thread {thread.name}, {thread.ident}"


def _processes() -> Iterator[str]:
    for folder in os.scandir("/proc"):
        if folder.name.isdigit():
            try:
                parent = int(Path(folder, "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == os.getpid():
                yield f"process {folder.name}: {_command(int(folder.name))}"


def _command(pid: int) -> str:
    """What it was started as; of a leash, what is on it."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return "ended"
    return " ".join(words[words.index("--") + 1 :] if "--" in words else words)[:200]


def _namespaces() -> Iterator[str]:
    for name in os.listdir(NAMESPACES) if NAMESPACES.exists() else ():
        if name.endswith(f"-{os.getpid()}"):
            yield f"network namespace {name}"


def _mounts(mine: Path) -> Iterator[str]:
    for line in MOUNTS.read_text().splitlines():
        place = line.split()[1]
        if place.startswith(str(mine)) or f"-{os.getpid()}-" in place:
            yield f"mount {place}"
