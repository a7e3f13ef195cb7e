"""Points at which a process ends with -9, exactly and on purpose: `LAB_DIE=point:count`, at the count-th time it is passed.

in_transaction    an action's entries are written, not committed
after_commit      it is committed, and nobody has been told
after_publish     its hints are out, the next action has not committed
mid_broadcast     one hint has reached some of the sockets it is for
mid_replay        a page has been written to a socket in part
in_chunk          a worker has told a chunk of a post's audience, and not committed it
mid_fan_out       it has committed the first chunk of a post's audience, and its job stands there still
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from streams import jobs, record
from streams.bus import Hint
from streams.gateway import fan_out
from streams.gateway import hub as hub_module
from streams.gateway.hub import Hub
from streams.gateway.websocket_fast import FastConnection

from . import mutants

FAN_OUT = "posts.fan_out"


def arrange(what: str) -> None:
    """Patch the point named, so that passing it for the count-th time is the end."""
    point, _, count = what.partition(":")
    POINTS[point](Fuse(int(count or 1)))


class Fuse:
    """Burns a bit each time."""

    def __init__(self, count: int) -> None:
        self.left = count

    def spent(self) -> bool:
        self.left -= 1
        return self.left == 0

    def burn(self) -> None:
        if self.spent():
            die()


def die(*_: object) -> int:
    """The end; typed like what it stands in for."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def after(owner: Any, name: str, fuse: Fuse) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def then(*given: Any, **named: Any) -> Any:
        result = original(*given, **named)
        fuse.burn()
        return result

    setattr(owner, name, then)


def after_commit(fuse: Fuse) -> None:
    """What waits for a commit is about to be done."""
    original = BaseDatabaseWrapper.run_and_clear_commit_hooks

    def run(self: BaseDatabaseWrapper) -> None:
        if self.run_on_commit:
            fuse.burn()
        original(self)

    BaseDatabaseWrapper.run_and_clear_commit_hooks = run  # type: ignore[method-assign]


def mid_broadcast(fuse: Fuse) -> None:
    original = fan_out.fan_out

    def broadcast(hub: Hub, hints: Sequence[Hint]) -> None:
        for hint in hints:
            here = [connection for user_id, _, _ in hint.positions for connection in hub.by_user.get(user_id, ())]
            if len(here) > 1 and here[-1].direct is not None and fuse.spent():
                here[-1].direct = die
        original(hub, hints)

    mutants.patch(hub_module, "fan_out", broadcast)


def in_chunk(fuse: Fuse) -> None:
    """Within the work of a fan-out, not of whatever else this process does."""
    work = jobs._registry[FAN_OUT]
    ours = threading.local()
    original = record._append

    def append(*given: Any, **named: Any) -> None:
        original(*given, **named)
        if getattr(ours, "last", False):
            die()

    def then(**arguments: Any) -> None:
        ours.last = fuse.spent()
        work(**arguments)

    record._append = append
    jobs._registry[FAN_OUT] = then


def mid_fan_out(fuse: Fuse) -> None:
    """After the last chunk nothing would be left of a fan-out, and nothing could be told a second time."""
    work = jobs._registry[FAN_OUT]

    def then(*, after: int, **arguments: Any) -> None:
        work(after=after, **arguments)
        if after == 0:
            fuse.burn()

    jobs._registry[FAN_OUT] = then


POINTS: dict[str, Callable[[Fuse], None]] = {
    "in_transaction": lambda fuse: after(record, "_append", fuse),
    "after_commit": after_commit,
    "after_publish": lambda fuse: after(record, "_after_commit", fuse),
    "mid_broadcast": mid_broadcast,
    "mid_replay": lambda fuse: after(FastConnection, "write_entry", fuse),
    "in_chunk": in_chunk,
    "mid_fan_out": mid_fan_out,
}
