"""What servers hold in memory while something happens to them: a thread looks a few times a second.

The end alone would hide a peak, and a peak is what the kernel kills for.
"""

import os
import threading
from collections.abc import Callable, Collection
from typing import Self

EVERY = 0.3
"""Seconds between looks; one costs a few milliseconds."""


def resident(leashes: Collection[int]) -> int:
    """Kilobytes that the children of these processes hold together: a test's servers stand on leashes."""
    pages = 0
    for folder in os.scandir("/proc"):
        if folder.name.isdigit():
            try:
                with open(f"/proc/{folder.name}/stat") as told:
                    parent = int(told.read().rpartition(")")[2].split()[1])
                if parent in leashes:
                    with open(f"/proc/{folder.name}/statm") as told:
                        pages += int(told.read().split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


class Memory:
    """Kilobytes of the processes that `leashes` names, from `begin()` until `end()`."""

    def __init__(self, leashes: Callable[[], Collection[int]]) -> None:
        self._leashes = leashes
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="memory")
        self.first = 0
        self.peak = 0

    def begin(self) -> Self:
        self.first = self.look()
        self._thread.start()
        return self

    def look(self) -> int:
        """What they hold now."""
        held = resident(self._leashes())
        self.peak = max(self.peak, held)
        return held

    def end(self) -> None:
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _watch(self) -> None:
        while not self._ending.wait(EVERY):
            self.look()
