"""What a gateway does by the clock: one loop for all connections instead of timers for each.

Every second one slot of the heartbeat wheel is pinged and the slot pinged ten seconds ago is checked; clients that have not
said hello, have not drained or have outlived their credentials are ended; and every few seconds the sweeper re-reads the
heads of all connected users, because nothing follows a last event whose hint was lost.
"""

import asyncio
import heapq
import itertools
import logging
import math
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError

from streams import metrics, protocol
from streams.conf import conf
from streams.protocol import CloseCode
from streams.read import moved
from streams.record import number_pending, pending_user_ids

from .connection import Connection

if TYPE_CHECKING:
    from .hub import Hub

log = logging.getLogger("streams.gateway")

TICK = 1.0
HEADS_A_QUERY = 5_000
EXPIRY_NOTICE = 60.0
EXPIRY_GRACE = 25.0
"""Seconds that an open connection outlives its credentials at most, so that a refresh on its way is not cut off."""


class Rounds:
    """The clockwork of one hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._slots: list[dict[Connection, None]] = [{} for _ in range(max(1, round(conf().HEARTBEAT / TICK)))]
        self._newcomers: deque[tuple[float, Connection]] = deque()
        self._expiries: list[tuple[float, int, Connection]] = []
        self._order = itertools.count()
        self._turn = 0
        self._sweep_asked = asyncio.Event()
        self._sweeping = False
        self._swept_at = -math.inf

    def expect_hello(self, connection: Connection) -> None:
        """Start the deadline for hello."""
        self._newcomers.append((time.monotonic() + conf().HELLO_TIMEOUT, connection))

    def include(self, connection: Connection) -> None:
        """Give an admitted connection its place on the wheel."""
        self._slots[connection.number % len(self._slots)][connection] = None
        self.include_expiry(connection)

    def include_expiry(self, connection: Connection) -> None:
        """Remember when its credentials end."""
        ends = connection.expires_at
        if ends is not None:
            heapq.heappush(self._expiries, (ends - EXPIRY_NOTICE, next(self._order), connection))

    def forget(self, connection: Connection) -> None:
        """Take a connection off the wheel."""
        self._slots[connection.number % len(self._slots)].pop(connection, None)

    def sweep_now(self) -> None:
        """Sweep without waiting for the interval: the bus came back, and what it lost is known to the database only."""
        self._swept_at = -math.inf

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            began = time.monotonic()
            self._beat()
            self._end_late(began)
            if self._sweep_is_due(began):
                self._sweeping, self._swept_at = True, began
                self._hub.spawn(self._sweep())
            await asyncio.sleep(max(0.0, TICK - (time.monotonic() - began)))

    def _sweep_is_due(self, now: float) -> bool:
        """Judged anew every tick: a bus that fails in the middle of a long interval shortens this one already."""
        interval = conf().SWEEP_INTERVAL if self._hub.bus.healthy else conf().SWEEP_INTERVAL_DEGRADED
        return not self._sweeping and now - self._swept_at >= interval - TICK / 10

    def _beat(self) -> None:
        self._turn += 1
        metrics.DELIVERED.inc(self._hub.delivered)
        self._hub.delivered = 0
        slots = self._slots
        patience = round(conf().PONG_TIMEOUT / TICK)
        if patience < len(slots):
            for connection in tuple(slots[(self._turn - patience) % len(slots)]):
                if connection.pinged and not connection.heard:
                    connection.close(CloseCode.NO_PONG, "Nothing heard since the last ping.")
        for connection in tuple(slots[self._turn % len(slots)]):
            connection.ping()

    def _end_late(self, now: float) -> None:
        while self._newcomers and self._newcomers[0][0] <= now:
            _, connection = self._newcomers.popleft()
            if not connection.closed and connection.identity is None:
                waiting = connection in self._hub.greeted
                code = CloseCode.FULL if waiting else CloseCode.NO_HELLO
                connection.close(code, "Not ready, come back later." if waiting else "No hello came in time.")
        for connection in tuple(self._hub.stalled):
            if connection.stalled_at is not None and now - connection.stalled_at > conf().WRITE_STALL:
                connection.close(CloseCode.TOO_SLOW, "Nothing was read for too long. Resume from your cursor.")
        self._end_expired(time.time())

    def _end_expired(self, now: float) -> None:
        """Ended too early rather than too late: the next round is a second away, and may be late by another."""
        grace = EXPIRY_GRACE - 2 * TICK
        if len(self._expiries) > 2 * self._hub.count + 100:
            # Connections that have gone would be kept for as long as their tokens live.
            self._expiries = [one for one in self._expiries if not one[2].closed]
            heapq.heapify(self._expiries)
        while self._expiries and self._expiries[0][0] <= now:
            _, _, connection = heapq.heappop(self._expiries)
            ends = connection.expires_at
            if connection.closed or ends is None:
                continue
            if ends + grace <= now:
                connection.close(CloseCode.EXPIRED, "Your sign-in has expired. Refresh it and resume.")
            elif ends - EXPIRY_NOTICE <= now:
                connection.write_control(protocol.expiring(max(0, int(ends - now))))
                heapq.heappush(self._expiries, (ends + grace, next(self._order), connection))

    async def _sweep(self) -> None:
        hub = self._hub
        try:
            orphans = await hub.in_thread(pending_user_ids)
            if orphans:
                await hub.in_thread(partial(number_pending, orphans, wait=False))
            known = list(hub.standings().items())
            for start in range(0, len(known), HEADS_A_QUERY):
                hub.swept(await hub.in_thread(partial(moved, dict(known[start : start + HEADS_A_QUERY]))))
            metrics.SWEEPS.inc()
        except (DatabaseError, InterfaceError) as error:
            metrics.READ_FAILURES.inc()
            log.warning("sweep_failed", extra={"error": type(error).__name__})
        finally:
            self._sweeping = False
