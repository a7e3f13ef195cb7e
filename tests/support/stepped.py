"""Threads with real transactions that move one statement at a time, when the test says so.

A thread stops before every statement and before its commit. `step` lets it do that one thing and returns when it has
stopped again, has ended, or waits for a lock that another holds; then it goes on by itself once that is free. A thread
that dies does so where it stands: its open transaction is rolled back, what it has committed stays.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

LOOK_EVERY = 0.005
PATIENCE = 20.0


class Died(BaseException):
    """What a thread that was killed ends with; nothing in the code under test may survive it."""


class Stepped(threading.Thread):
    """Runs `work` one statement at a time. `wrong` is what it ended with, if that was an error."""

    def __init__(self, name: str, work: Callable[["Stepped"], None]) -> None:
        super().__init__(name=name, daemon=True)
        self.work = work
        self.next = "its beginning"
        self.wrong: BaseException | None = None
        self.dying = False
        self.in_transaction = False
        self.free = False
        self._stopped, self._go = threading.Semaphore(0), threading.Semaphore(0)
        self.waits = False
        self.over = False
        self.backend: int | None = None

    def run(self) -> None:
        commit, rollback = connection._commit, connection._rollback  # type: ignore[attr-defined]

        def committing() -> None:
            self._halt("COMMIT")
            commit()
            self.in_transaction = False

        def rolling_back() -> None:
            rollback()
            self.in_transaction = False

        connection._commit, connection._rollback = committing, rolling_back  # type: ignore[attr-defined]
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                self.backend = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._before):
                self._halt("its beginning")
                self.work(self)
        except Died:
            pass
        except BaseException as wrong:  # noqa: BLE001 - the test looks at it
            self.wrong = wrong
        finally:
            del connection._commit, connection._rollback  # type: ignore[attr-defined]
            connections.close_all()
            self.over = True
            self._stopped.release()

    def _before(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._halt(sql)
        self.in_transaction = connection.in_atomic_block or sql.startswith("BEGIN")
        return execute(sql, params, many, context)

    def _halt(self, before: str) -> None:
        if self.free:
            return
        self.next = before
        self._stopped.release()
        self._go.acquire()
        if self.dying:
            self.dying, self.free = False, True
            raise Died

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Statements in here are the test's own, and no steps."""
        self.free = True
        try:
            yield
        finally:
            self.free = False

    # For the test's thread.

    def begin(self) -> None:
        self.start()
        self._await()

    def step(self) -> None:
        if not self.waits:
            self._go.release()
        self._await()

    def come_by(self) -> None:
        """If it waited and need not any more, let it come to where it stops next: what another did has set it free, and how
        soon the machine lets it run must make no difference.
        """
        if self.waits:
            self._await()

    def die(self) -> None:
        """Not while it waits: a thread that the database holds cannot be reached."""
        assert not self.waits
        self.dying = True
        self.step()

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._stopped.acquire(timeout=LOOK_EVERY):
            if self._waits_for_a_lock():
                self.waits = True
                return
            assert time.monotonic() < deadline, f"{self.name} does not come back from {self.next}"
        self.waits = False
        if self.over:
            self.join(PATIENCE)

    def _waits_for_a_lock(self) -> bool:
        """Asked of the lock table, in which whoever lets a lock go grants it to the next at once; what pg_stat_activity says
        lasts until that one has woken up.
        """
        if self.backend is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %s AND NOT granted)", [self.backend])
            row = cursor.fetchone()
        return bool(row and row[0])
