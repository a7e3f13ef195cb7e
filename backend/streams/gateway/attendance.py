"""Keeps the leases of this gateway's users, and says who came and who went.

Coming and going only marks a user; a round a little later compares what is held with who is here, so a reload between two
rounds costs nothing and a thousand arrivals cost two commands. Announcements are whispers, without promise: `online` of the
friends list is what they correct.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from django.utils.module_loading import import_string

from streams.bus import Whisper
from streams.conf import conf
from streams.presence import PresenceAway, PresenceStore, current_presence

if TYPE_CHECKING:
    from .hub import Hub

ANNOUNCED_A_ROUND = 200
"""Users; after an empty Redis came back everybody is news, and each is a query."""


class Attendance:
    """The leases of one hub."""

    def __init__(self, hub: "Hub", store: PresenceStore | None = None) -> None:
        self._hub = hub
        self._store = store
        self.stirred: set[int] = set()
        """Users who came or went and whose leases do not show it yet."""
        self._renewed_at = 0.0
        self._news: dict[int, bool] = {}

    @cached_property
    def _audience(self) -> Callable[[Sequence[int]], dict[int, list[int]]] | None:
        name = conf().PRESENCE_AUDIENCE
        return import_string(name) if name else None

    async def round(self, now: float) -> None:
        """Renew, begin and end leases, notice those that ran out, and announce."""
        stirred, self.stirred = self.stirred, set()
        here = {user_id for user_id in stirred if user_id in self._hub.by_user}
        gone = stirred - here
        if now - self._renewed_at >= conf().PRESENCE_LEASE / 3:
            self._renewed_at = now
            here |= set(self._hub.by_user)
        try:
            await self._hub.in_thread(partial(self._settle, sorted(here), sorted(gone)))
        except PresenceAway:
            self._renewed_at = 0.0  # all of them again, once it is back
            self.stirred |= gone
            return
        await self._announce()

    async def leave(self) -> None:
        """This process ends: let its leases run out after the grace."""
        held = sorted(self.stirred | set(self._hub.by_user))
        try:
            await self._hub.in_thread(partial(self._settle, [], held))
        except PresenceAway:
            return

    def _settle(self, here: list[int], gone: list[int]) -> None:
        store = self._store or current_presence()
        settings = conf()
        if gone:
            store.release(self._hub.name, gone, grace=settings.PRESENCE_GRACE)
        if here:
            self._news |= dict.fromkeys(store.hold(self._hub.name, here, lease=settings.PRESENCE_LEASE), True)
        self._news |= dict.fromkeys(store.expired(), False)

    async def _announce(self) -> None:
        if self._audience is None:
            self._news.clear()
        if self._news:
            now_told = dict(list(self._news.items())[:ANNOUNCED_A_ROUND])
            self._news = {user_id: there for user_id, there in self._news.items() if user_id not in now_told}
            await self._hub.in_thread(partial(self._tell, now_told))

    def _tell(self, news: dict[int, bool]) -> None:
        """To the whole audience, here or not: whoever is just coming stands in no list of leases yet."""
        audience = self._audience
        assert audience is not None  # noqa: S101
        whispers: list[Whisper] = []
        for user_id, listening in audience(list(news)).items():
            frame = msgspec.json.encode({"type": "presence", "user": user_id, "online": news[user_id]})
            whispers.append(Whisper(listening, "", frame))
        self._hub.bus.publish(whispers)
