"""Decide what to be told, and how loudly."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from accounts.models import User
from accounts.problems import Problem
from notifications.events import Notification
from notifications.models import Wishes
from notifications.wishes import Preferences, preferences_in
from streams.record import hold, recording

MOST_MUTED = 1_000


class TooManyMuted(Problem):
    """You have muted as much as can be muted. Unmute something first."""

    code = "too_many_muted"


class PreferencesChanged(
    Notification, type="preferences_changed", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """To own devices: the preferences are now these."""

    silent: ClassVar[bool] = True

    preferences: Preferences

    def text(self) -> str:
        return "Your preferences changed on another device"

    def link(self) -> str:
        return "/settings/notifications"

    @classmethod
    def example(cls) -> Self:
        return cls(preferences=preferences_in(Wishes(user_id=3, muted_people=[4], muted_posts=[12])))


def change_preferences(
    *,
    actor: User,
    types: Mapping[str, Mapping[str, bool]] | None = None,
    quiet_hours: Mapping[str, Any] | None = None,
    muted_people: list[int] | None = None,
    muted_posts: list[int] | None = None,
) -> Preferences:
    """Set what is given and leave the rest; all of the actor's preferences after it.

    Raises:
        TooManyMuted: a list of more than a thousand.
    """
    with recording() as log:
        hold(actor.pk)
        wishes, _ = Wishes.objects.get_or_create(user=actor)
        before = preferences_in(wishes)
        for name, channels in (types or {}).items():
            wishes.channels[name] = {**wishes.channels.get(name, {}), **channels}
        wishes.quiet_hours = {**wishes.quiet_hours, **(quiet_hours or {})}
        if muted_people is not None:
            wishes.muted_people = sorted(set(muted_people))
        if muted_posts is not None:
            wishes.muted_posts = sorted(set(muted_posts))
        return _keep(log, wishes, before)


def mute(*, actor: User, kind: str, subject_id: int, on: bool) -> Preferences:
    """Mute a person or a post (`kind` is "people" or "posts"), or hear of them again.

    Raises:
        TooManyMuted: there are a thousand already.
    """
    name = f"muted_{kind}"
    with recording() as log:
        hold(actor.pk)
        wishes, _ = Wishes.objects.get_or_create(user=actor)
        before = preferences_in(wishes)
        muted = set(getattr(wishes, name))
        setattr(wishes, name, sorted(muted | {subject_id} if on else muted - {subject_id}))
        return _keep(log, wishes, before)


def _keep(log: Any, wishes: Wishes, before: Preferences) -> Preferences:
    if max(len(wishes.muted_people), len(wishes.muted_posts)) > MOST_MUTED:
        raise TooManyMuted
    after = preferences_in(wishes)
    if after != before:
        wishes.save()
        log.add(wishes.user_id, PreferencesChanged(preferences=after))
    return after
