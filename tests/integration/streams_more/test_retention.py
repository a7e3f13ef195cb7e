"""What is kept, what goes, and what a restore changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from streams.conf import conf
from streams.gateway.hub import Hub
from streams.models import Entry, Job, Stream
from streams.read import pages, positions
from streams.retention import TRIM, daily_trim, rotate_epoch, trim
from streams.testing import run_jobs
from tests.support.people import make_person
from tests.support.stream_world import cursor, in_thread, member, record, recorded, sse

pytestmark = pytest.mark.django_db(transaction=True)
OLD = timezone.now() - timedelta(days=31)


def stream_of(entries: int, *, old: int) -> int:
    """A user whose first `old` entries are over thirty days old."""
    user_id: int = make_person(f"user{Stream.objects.count()}").pk
    positions([user_id])
    Entry.objects.bulk_create(
        Entry(
            stream_id=user_id,
            seq=seq,
            type="redacted",
            body='{"at":"2026-11-23T06:20:01.123456Z","type":"redacted"}',
            created_at=OLD if seq <= old else timezone.now(),
        )
        for seq in range(1, entries + 1)
    )
    Stream.objects.filter(pk=user_id).update(head=entries)
    return user_id


def kept(user_id: int) -> tuple[int, int, int]:
    """Floor, smallest number, and how many entries there are."""
    seqs = [one.seq or 0 for one in Entry.objects.filter(stream_id=user_id, seq__isnull=False).order_by("seq")]
    return Stream.objects.get(pk=user_id).floor, seqs[0] if seqs else 0, len(seqs)


@pytest.mark.parametrize(
    ("entries", "old", "floor"),
    [
        (500, 500, 0),  # all old, but not a thousand
        (3_000, 0, 0),  # more than a thousand, but none old
        (3_000, 2_500, 2_000),  # a thousand stay although five hundred of them are old
        (3_000, 700, 700),  # young ones stay beyond the thousand
        (1_000, 1_000, 0),
        (1_001, 1_001, 1),
    ],
)
def test_whichever_keeps_more(entries: int, old: int, floor: int) -> None:
    user_id = stream_of(entries, old=old)
    removed, more_after = trim()
    assert (removed, more_after) == (floor, None)
    assert kept(user_id) == (floor, floor + 1, entries - floor)
    assert trim()[0] == 0


def test_a_cursor_below_the_floor_is_trimmed_and_one_at_the_floor_resumes() -> None:
    user_id = stream_of(3_000, old=3_000)
    trim()
    below, at = pages([(user_id, 1_999), (user_id, 2_000)], limit=3, size=1 << 22)
    assert below is not None
    assert below.position.floor == 2_000
    assert at is not None
    assert [seq for seq, _ in at.entries] == [2_001, 2_002, 2_003]


def test_an_entry_without_a_number_is_never_trimmed() -> None:
    user_id = stream_of(1_500, old=1_500)
    Entry.objects.create(stream_id=user_id, seq=None, type="redacted", body="{}", created_at=OLD)
    trim()
    assert Entry.objects.filter(stream_id=user_id, seq=None).count() == 1


def test_the_work_is_handed_on_when_the_time_is_up() -> None:
    users = [stream_of(1_100, old=1_100) for _ in range(3)]
    removed, more_after = trim(seconds=0)
    assert (removed, more_after) == (100, users[0])
    assert trim(after=users[0])[0] == 200


def test_there_is_one_daily_job_however_often_it_runs_or_is_migrated() -> None:
    Job.objects.all().delete()
    stream_of(1_200, old=1_200)
    for _ in range(3):
        call_command("migrate", verbosity=0)
    assert Job.objects.filter(kind=TRIM).count() == 1
    assert run_jobs() == 1
    assert Entry.objects.count() == 1_000
    (tomorrow,) = Job.objects.filter(kind=TRIM)
    assert tomorrow.due_at - timezone.now() > timedelta(hours=23)
    daily_trim()
    assert Job.objects.filter(kind=TRIM).count() == 1


async def test_a_connected_client_does_not_notice_trimming(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 3)
    following = sse(pablo, f"after={await cursor(pablo.id)}")
    await following.until(lambda: following.named("caught_up"))
    await in_thread(lambda: Entry.objects.filter(stream_id=pablo.id).delete())
    await in_thread(lambda: Stream.objects.filter(pk=pablo.id).update(floor=3))
    await recorded(pablo.id)
    await following.until(lambda: following.seqs == [4])
    assert not following.named("reset")
    await following.hang_up()


async def test_rotation_sends_connected_clients_away_to_be_reset(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 3)
    before = await cursor(pablo.id)
    following = sse(pablo, f"after={before}")
    await following.until(lambda: following.named("caught_up"))
    assert await in_thread(rotate_epoch) >= 1
    await following.done(within=conf().SWEEP_INTERVAL + 3)
    again = sse(pablo, f"after={before}")
    await again.until(lambda: again.named("reset"))
    assert again.named("reset")[0]["data"]["reason"] == "epoch"
    await again.hang_up()


def test_rotation_is_one_statement_and_a_command(django_assert_num_queries: Any, capsys: Any) -> None:
    users = [stream_of(1, old=0) for _ in range(3)]
    before = dict(Stream.objects.values_list("pk", "epoch"))
    with django_assert_num_queries(1):
        rotate_epoch()
    call_command("stream", "rotate", "--yes")
    assert "3 streams" in capsys.readouterr().out
    after = dict(Stream.objects.values_list("pk", "epoch"))
    assert all(before[user] != after[user] for user in users)


def test_nothing_is_recorded_out_of_line_after_a_trim() -> None:
    user_id = stream_of(1_500, old=1_500)
    trim()
    record(user_id)
    assert positions([user_id])[user_id].head == 1_501
