"""Quiet hours go by the clock of a time zone, and over midnight."""

from datetime import UTC, datetime

import pytest

from notifications.events import Channels
from notifications.wishes import Preferences, QuietHours


def at(hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2026, month, 15, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "zone", "moment", "quiet"),
    [
        ("22:00", "07:00", "UTC", at(22), True),
        ("22:00", "07:00", "UTC", at(3), True),
        ("22:00", "07:00", "UTC", at(7), False),
        ("22:00", "07:00", "UTC", at(21, 59), False),
        ("12:00", "13:00", "UTC", at(12, 30), True),
        ("12:00", "13:00", "UTC", at(13), False),
        ("22:00", "07:00", "Europe/Berlin", at(21, 30), True),
        ("22:00", "07:00", "Europe/Berlin", at(20, 30, month=7), True),
        ("22:00", "07:00", "Asia/Tokyo", at(12), False),
        ("08:00", "08:00", "UTC", at(8), False),
    ],
)
def test_hours_are_quiet(start: str, end: str, zone: str, moment: datetime, quiet: bool) -> None:
    assert QuietHours(enabled=True, start=start, end=end, timezone=zone).cover(moment) is quiet
    assert not QuietHours(enabled=False, start=start, end=end, timezone=zone).cover(moment)


def test_in_quiet_hours_a_notification_is_there_and_makes_no_noise() -> None:
    wishes = Preferences(types={}, quiet_hours=QuietHours(enabled=True), muted_people=[], muted_posts=[])
    assert wishes.channels("post_like", at(23)) == Channels(in_app=True, toast=False, sound=False, push=False)
    assert wishes.channels("post_like", at(12)) == Channels()
