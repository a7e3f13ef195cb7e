"""A job is done however the clocks of processes differ: they ask the database what time it is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from streams import jobs
from streams.jobs import LEASE, add_jobs, claim, job, run_one
from streams.models import Job
from tests.support.profiles import Profile

pytestmark = pytest.mark.django_db(transaction=True)
done: list[int] = []


@pytest.fixture(autouse=True)
def noting(profile: Profile) -> Iterator[None]:
    """A kind of job that says it was done, and no other job."""
    if profile == "embedded":
        pytest.skip("one process has one clock")
    Job.objects.all().delete()
    done.clear()
    job("test.note")(note)
    yield
    del jobs._registry["test.note"]


def note(*, number: int) -> None:
    done.append(number)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_job_of_a_process_whose_clock_is_a_day_off_is_due_at_once(days: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        add_jobs([("test.note", {"number": 1}, 0.0)])
    assert run_one()
    assert done == [1]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_worker_whose_clock_is_a_day_off_does_what_is_due_and_nothing_else(days: int) -> None:
    add_jobs([("test.note", {"number": 1}, 0.0), ("test.note", {"number": 2}, 3_600.0)])
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert run_one()
        assert not run_one()
    assert done == [1]


def test_a_lease_by_a_clock_that_is_a_day_ahead_ends_when_leases_do() -> None:
    add_jobs([("test.note", {"number": 1}, 0.0)])
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert claim() is not None
    assert Job.objects.get().due_at <= timezone.now() + LEASE
