"""Stop a process with all its descendants, whichever groups and sessions they have made for themselves, and let them go on.

PostgreSQL's children lead sessions of their own: a signal to the group of the first process stops that one only, and
whoever is connected already would notice nothing.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def descendants(pid: int) -> list[int]:
    """This process and everything below it, parents first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Nothing of it runs inside the block."""
    stopped = descendants(pid)
    _signal(stopped, signal.SIGSTOP)
    try:
        yield
    finally:
        # Children first: `runuser` that finds its child stopped stops itself as well, and nobody would let it go on.
        _signal(stopped[::-1], signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
