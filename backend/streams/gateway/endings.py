"""Logins that have ended, as this gateway has learnt of them: from a hint, or from the table when the hint was lost.

A login may end between the moment it was found alive and the moment its connection stands in the hub's list. Neither hint nor
row would find the connection then; so what has ended lately is remembered, and asked when a connection is let in.
"""

import time
from typing import TYPE_CHECKING

from streams import metrics
from streams.bus import Ended
from streams.endings import SETTLED, endings_after, settled_number

from .identity import Identity

if TYPE_CHECKING:
    from .hub import Hub


class Endings:
    """What one hub knows of ended logins."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._passed = -1
        """Rows up to here have been seen for so long that none can appear among them any more; -1 before the first look."""
        self._seen: dict[int, float] = {}
        self._logins: dict[int, float] = {}

    def read(self) -> list[tuple[int, Ended]]:
        """The rows that may be new. For a thread."""
        return [
            (row.id, Ended(row.user_id, None if row.login_id is None else [row.login_id], row.code))
            for row in endings_after(self._passed)
        ]

    @property
    def begun(self) -> bool:
        """Whether the first look has been taken."""
        return self._passed >= 0

    async def begin(self) -> None:
        """Note what ended before this process had any connection."""
        now = time.monotonic()
        self._passed = await self._hub.in_thread(settled_number)
        self._seen = {number: now for number, _ in await self._hub.in_thread(self.read)}

    async def round(self, now: float) -> None:
        """Close what the hints did not."""
        if not self.begun:
            await self.begin()
        self.take(await self._hub.in_thread(self.read), now)

    def take(self, rows: list[tuple[int, Ended]], now: float) -> None:
        """Close the connections of logins in rows that are new here."""
        for number, ended in rows:
            if number in self._seen:
                continue
            self._seen[number] = now
            before = self._hub.count
            self._hub.end(ended)
            metrics.ENDED_BY_TABLE.inc(before - self._hub.count)
        self._settle(now)

    def _settle(self, now: float) -> None:
        settled = [number for number, at in self._seen.items() if now - at > SETTLED]
        if settled:
            self._passed = max(settled)
            self._seen = {number: at for number, at in self._seen.items() if number > self._passed}
        if self._logins and now - next(iter(self._logins.values())) > SETTLED:
            self._logins = {login: at for login, at in self._logins.items() if now - at <= SETTLED}

    def heard(self, ended: Ended) -> None:
        """A login has ended, says a hint or a row."""
        now = time.monotonic()
        for login_id in ended.login_ids or ():
            self._logins[login_id] = now

    def has_ended(self, identity: Identity) -> bool:
        """Whether this login ended while it was being let in."""
        return identity.login_id in self._logins
