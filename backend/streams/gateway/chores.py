"""What a gateway does on the side, twice a second: ended logins, acknowledgements, presence, questions; memory more rarely.

None of it carries entries. A chore that fails on its database or its Redis is done again in the next round, and never stands
in the way of another.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from streams import metrics
from streams.acks import Acknowledged, keep_acks
from streams.bus.agreement import REPEAT, BucketsDiffer, agree
from streams.conf import conf

from .attendance import Attendance
from .endings import Endings
from .heap import Heap
from .journal import Journal

if TYPE_CHECKING:
    from .hub import Hub

log = logging.getLogger("streams.gateway")

TICK = 0.5
CALM = 5.0
"""Seconds without a leaving after which memory is given back."""


class Chores:
    """The side work of one hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self.attendance = Attendance(hub)
        self.endings = Endings(hub)
        self.journal = Journal(hub)
        self.heap = Heap(hub)
        self._turn = 0

    async def begin(self) -> None:
        """Before the first connection.

        Raises:
            BucketsDiffer: this process would not hear what others publish.
        """
        await self._hub.in_thread(agree)
        await self._try("endings", self.endings.begin)

    async def run(self) -> None:
        """For ever. Each chore runs by itself: a slow Redis must not delay the end of a login."""
        self._hub.spawn(self._repeat("rows", TICK, self._rows))
        self._hub.spawn(self._repeat("presence", TICK, self.attendance.round))
        self._hub.spawn(self._repeat("buckets", REPEAT, self._agree))
        self._hub.spawn(self._repeat("memory", CALM, self.heap.round))
        await self._repeat("acks", min(1.0, conf().ACK_INTERVAL), self._keep_acks)

    async def end(self) -> None:
        """After the last connection."""
        await self._try("acks", partial(self._keep_acks, 0.0))
        await self._try("presence", self.attendance.leave)

    async def _repeat(self, name: str, every: float, chore: Callable[[float], Awaitable[None]]) -> None:
        while True:
            now = time.monotonic()
            await self._try(name, partial(chore, now))
            await asyncio.sleep(max(0.05, every - (time.monotonic() - now)))

    async def _try(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        try:
            await chore()
        except (DatabaseError, InterfaceError) as error:
            metrics.READ_FAILURES.inc()
            log.warning("chore_failed", extra={"chore": name, "error": type(error).__name__})

    async def _rows(self, now: float) -> None:
        """Ended logins every time anybody is here, questions every other time: one visit to the database for both."""
        self._turn += 1
        if not self.endings.begun:
            await self.endings.begin()
        look, listen = bool(self._hub.by_user), self._turn % 2 == 0
        if not look and not listen:
            return
        ended, asked = await self._hub.in_thread(
            lambda: (self.endings.read() if look else [], self.journal.read() if listen else [])
        )
        self.endings.take(ended, now)
        await self.journal.reply(asked)

    async def _agree(self, now: float) -> None:
        try:
            await self._hub.in_thread(agree)
        except BucketsDiffer as error:
            log.error("buckets_differ", extra={"error": str(error)})

    async def _keep_acks(self, now: float) -> None:
        acked, self._hub.acked = self._hub.acked, {}
        furthest: dict[int, Acknowledged] = {}
        for connection in acked:
            identity = connection.identity
            if identity is None or not connection.acked:
                continue
            one = Acknowledged(identity.login_id, identity.user_id, connection.delivery.epoch, connection.acked)
            known = furthest.get(one.login_id)
            if known is None or known.seq < one.seq or known.epoch != one.epoch:
                furthest[one.login_id] = one
        if not furthest:
            return
        try:
            await self._hub.in_thread(partial(keep_acks, list(furthest.values())))
        except (DatabaseError, InterfaceError):
            self._hub.acked = acked | self._hub.acked
            raise
        metrics.ACKS.inc(len(furthest))
