"""Work that outlives its request: a row written in the same transaction as its cause.

A queue beside the database would lose the job or run it for a change that rolled back. A row is claimed with a lease, so a
worker that dies gives it back by dying; a job may therefore run twice and must not mind. When a job is due and how long a lease
lasts is told by the database's clock: a job of a process whose own is a day ahead would wait for that day.

    @job("posts.fan_out")
    def fan_out(*, post_id: int, after: int) -> None: ...

    with recording() as log:
        log.enqueue("posts.fan_out", post_id=7, after=0)

May import: models.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from . import metrics
from .models import Job

log = logging.getLogger("streams.jobs")

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 20
IDLE = 0.25
"""Seconds between looks at an empty table."""

Work = Callable[..., None]
_registry: dict[str, Work] = {}


class UnknownJob(LookupError):
    """No function is registered under this job's kind."""


def job(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of a kind of job. Its arguments are keyword-only and JSON."""

    def register(work: Work) -> Work:
        _registry[kind] = work
        return work

    return register


def add_jobs(jobs: list[tuple[str, dict[str, Any], float]]) -> None:
    """Write job rows in the caller's transaction: (kind, arguments, seconds from now).

    Raises:
        UnknownJob: a kind that nothing is registered for, found in the action rather than in the worker.
    """
    now = clock()
    for kind, _, _ in jobs:
        if kind not in _registry:
            raise UnknownJob(kind)
    Job.objects.bulk_create(
        [
            Job(kind=kind, arguments=arguments, due_at=now + timedelta(seconds=run_in))
            for kind, arguments, run_in in jobs
        ]
    )


def claim() -> Job | None:
    """Take the oldest due job for the length of a lease; None when there is nothing to do."""
    if not _any_due():
        return None
    due = Job.objects.filter(due_at__lte=clock(), attempts__lt=MAX_ATTEMPTS)
    with transaction.atomic():
        one = due.select_for_update(skip_locked=True).order_by("due_at").first()
        if one is not None:
            one.attempts += 1
            Job.objects.filter(pk=one.pk).update(attempts=one.attempts, due_at=clock() + LEASE)
    return one


def _any_due() -> bool:
    """Asked four times a second for ever, so in SQL: making the statement anew costs more than all the rest of an idle worker."""
    given = [] if connection.vendor == "postgresql" else [connection.ops.adapt_datetimefield_value(timezone.now())]
    now = "%s" if given else "statement_timestamp()"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM streams_job WHERE due_at <= {now} AND attempts < %s LIMIT 1",  # noqa: S608
            [*given, MAX_ATTEMPTS],
        )
        return cursor.fetchone() is not None


def clock() -> Any:
    """The one clock of all processes. SQLite's is its process's, of which there is one."""
    return Now() if connection.vendor == "postgresql" else timezone.now()


def run_one() -> bool:
    """Claim a job and do it; False when there was none. A job that raises stays, and is due again after a pause."""
    one = claim()
    if one is None:
        return False
    try:
        if one.kind not in _registry:
            raise UnknownJob(one.kind)
        _registry[one.kind](**one.arguments)
    except Exception:
        metrics.JOBS.labels(one.kind, "again").inc()
        log.exception("job_failed", extra={"kind": one.kind, "attempt": one.attempts})
        pause = timedelta(seconds=min(2**one.attempts, 60))
        Job.objects.filter(pk=one.pk).update(due_at=clock() + pause)
        return True
    one.delete()
    metrics.JOBS.labels(one.kind, "done").inc()
    return True


def work_for_ever(stop: Callable[[], bool] = lambda: False) -> None:
    """Do jobs until told to stop. Survives the database going away."""
    while not stop():
        try:
            busy = run_one()
        except (DatabaseError, InterfaceError) as error:
            log.warning("worker_waits_for_database", extra={"error": type(error).__name__})
            close_old_connections()
            busy = False
        if not busy:
            time.sleep(IDLE)
