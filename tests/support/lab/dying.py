"""Points at which a process ends with -9, exactly and on purpose: `LAB_DIE=point:count`, at the count-th time it is passed.

after_commit      entries are committed, nobody has been told
after_publish     the hints of one action are out, the next has not begun
in_transaction    entries are written, not committed
mid_replay        a page has been written to a socket in part
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from streams import record
from streams.gateway.websocket_fast import FastConnection


def arrange(what: str) -> None:
    """Patch the point named, so that passing it for the count-th time is the end."""
    point, _, count = what.partition(":")
    POINTS[point](Fuse(int(count or 1)))


class Fuse:
    """Burns a bit each time."""

    def __init__(self, count: int) -> None:
        self.left = count

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str, fuse: Fuse) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def then(*given: Any, **named: Any) -> Any:
        fuse.burn()
        return original(*given, **named)

    setattr(owner, name, then)


def after(owner: Any, name: str, fuse: Fuse) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def then(*given: Any, **named: Any) -> Any:
        result = original(*given, **named)
        fuse.burn()
        return result

    setattr(owner, name, then)


POINTS: dict[str, Callable[[Fuse], None]] = {
    "after_commit": lambda fuse: before(record, "_after_commit", fuse),
    "after_publish": lambda fuse: after(record, "_after_commit", fuse),
    "in_transaction": lambda fuse: after(record, "_insert", fuse),
    "mid_replay": lambda fuse: after(FastConnection, "write_entry", fuse),
}
