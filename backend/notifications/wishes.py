"""What people want to be told, and by which channel.

A wish decides in the entry itself, once, before it is numbered: a client that follows the stream then needs no knowledge of
preferences to show the same inbox as the server, and nothing is ever left out of the stream.
"""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec

from .events import Channels, Notification, kinds
from .models import Wishes


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `start` to `end` by the clock of `timezone` nothing makes a sound, a toast or a push."""

    enabled: bool = False
    start: str = "22:00"
    end: str = "07:00"
    timezone: str = "UTC"

    def cover(self, moment: datetime) -> bool:
        """Whether a moment lies in them. Hours that end before they start go over midnight."""
        if not self.enabled:
            return False
        now = moment.astimezone(ZoneInfo(self.timezone)).time()
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return start <= now < end if start <= end else now >= start or now < end


class Preferences(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a person's wishes, the defaults included."""

    types: dict[str, Channels]
    quiet_hours: QuietHours
    muted_people: list[int]
    muted_posts: list[int]

    def channels(self, wire_type: str, moment: datetime) -> Channels:
        """Where a notification of this type may show itself at a moment."""
        channels = self.types.get(wire_type, Channels())
        if not self.quiet_hours.cover(moment):
            return channels
        return Channels(in_app=channels.in_app, toast=False, sound=False, push=False)


def preferences_of(user_id: int) -> Preferences:
    """Somebody's wishes."""
    return preferences_in(Wishes.objects.filter(pk=user_id).first() or Wishes(user_id=user_id))


def preferences_in(wishes: Wishes) -> Preferences:
    """The wishes of a row, over the defaults of each type."""
    types = {
        name: msgspec.structs.replace(one.defaults, **wishes.channels.get(name, {})) for name, one in kinds().items()
    }
    quiet_hours = msgspec.convert(wishes.quiet_hours, QuietHours)
    return Preferences(
        types=types,
        quiet_hours=quiet_hours,
        muted_people=wishes.muted_people,
        muted_posts=wishes.muted_posts,
    )


Told = tuple[tuple[int, ...], Notification]


def unwanted(told: Mapping[int, Told]) -> dict[int, frozenset[int]]:
    """Who of the recipients of each event wants no notice of it; one query for all."""
    everybody = sorted({user_id for user_ids, _ in told.values() for user_id in user_ids})
    places = ", ".join(["%s"] * len(everybody))
    found = Wishes.objects.raw(f"SELECT * FROM notifications_wishes WHERE user_id IN ({places})", everybody)  # noqa: S608
    wishes = {one.user_id: one for one in found}
    if not wishes:
        return {}
    quiet = {
        at: frozenset(user_id for user_id in user_ids if user_id in wishes and _mutes(wishes[user_id], event))
        for at, (user_ids, event) in told.items()
    }
    return {at: user_ids for at, user_ids in quiet.items() if user_ids}


def _mutes(wishes: Wishes, event: Notification) -> bool:
    channels = msgspec.structs.replace(event.defaults, **wishes.channels.get(event.wire_type, {}))
    if not channels.in_app:
        return True
    if set(event.post_ids()).intersection(wishes.muted_posts):
        return True
    actors = {person.id for person in event.actors()}
    return bool(actors) and actors <= set(wishes.muted_people)
