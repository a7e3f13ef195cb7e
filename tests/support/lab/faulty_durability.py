"""Mistakes that only dying brings to light: what is confirmed, told or done out of a process's memory. Chosen like those of
`.mutants`.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import close_old_connections, transaction

from posts import fan_out as posts_fan_out
from posts.models import FanOut
from streams import jobs, record
from streams.bus import Signal
from streams.gateway.hub import Hub
from streams.gateway.websocket_fast import FastConnection
from streams.models import Job


def confirms_before_it_commits() -> None:
    """The answer is given when the work stands in a queue in memory, which is emptied now and then: write-behind."""
    from . import views

    work = views.write
    waiting: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()

    def do() -> None:
        while True:
            time.sleep(0.05)
            while not waiting.empty():
                work(waiting.get())
            close_old_connections()

    def write(asked: dict[str, object]) -> None:
        waiting.put(asked)

    threading.Thread(target=do, daemon=True).start()
    views.write = write


def records_after_the_commit() -> None:
    """First the change, then, when it is certain, the entries: by `on_commit`, in a transaction of their own."""
    append = record._append

    def later(*given: Any, **named: Any) -> None:
        def then() -> None:
            with transaction.atomic():
                append(*given, **named)

        transaction.on_commit(then)

    record._append = later


def job_gone_when_claimed() -> None:
    """A job is taken out of the table like a letter out of a box."""
    claim = jobs.claim

    def take() -> Any:
        one = claim()
        if one is not None:
            Job.objects.filter(pk=one.pk).delete()
        return one

    jobs.claim = take


def job_minds_no_mark() -> None:
    """A fan-out that runs a second time tells everybody of its chunk again."""
    work = jobs._registry["posts.fan_out"]

    def again(*, fan_out_id: int, after: int, wall_of: int | None) -> None:
        FanOut.objects.filter(pk=fan_out_id).update(after=after)
        work(fan_out_id=fan_out_id, after=after, wall_of=wall_of)

    jobs._registry["posts.fan_out"] = again
    posts_fan_out.fan_out = again


def keeps_what_it_sent() -> None:
    """Whatever is sent stays in memory as well, in a generous buffer."""
    kept: list[bytes] = []
    write_entry, on_signals = FastConnection.write_entry, Hub.on_signals

    def keeping(self: FastConnection, seq: int, body: bytes) -> None:
        kept.append(b"x" * 1_000_000)
        write_entry(self, seq, body)

    def hearing(self: Hub, signals: Sequence[Signal]) -> None:
        kept.extend(b"x" * 1_000_000 for _ in signals)
        on_signals(self, signals)

    FastConnection.write_entry = keeping  # type: ignore[method-assign]
    Hub.on_signals = hearing  # type: ignore[method-assign]


MUTANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (
        confirms_before_it_commits,
        records_after_the_commit,
        job_gone_when_claimed,
        job_minds_no_mark,
        keeps_what_it_sent,
    )
}
