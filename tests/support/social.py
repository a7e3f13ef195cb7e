"""Fixtures and short forms for tests of messages, posts and the inbox: members, friends, and everybody at once.

The fixtures import models late: a conftest may be loaded before Django is.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.support.people import MakePerson

Call = Callable[[], object]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def open_gates() -> Iterator[None]:
    """Nobody's bucket is empty when a test begins."""
    from accounts.throttles import buckets

    buckets.clear()
    yield
    buckets.clear()


@pytest.fixture
def person(db: None) -> "MakePerson":
    """Makes members."""
    from tests.support.people import make_person

    return make_person


@pytest.fixture
def maria(person: "MakePerson") -> "User":
    return person("maria")


@pytest.fixture
def pablo(person: "MakePerson") -> "User":
    return person("pablo")


@pytest.fixture
def ines(person: "MakePerson") -> "User":
    return person("ines")


def befriend(one: "User", other: "User") -> None:
    """Make two people friends, without a word in anybody's stream."""
    from friends.models import Friendship

    Friendship.between(one, other).save()


def block(blocker: "User", blocked: "User") -> None:
    """Block somebody, as the action does."""
    from friends.actions.block import block as act

    act(actor=blocker, user_id=blocked.pk)


def do_jobs() -> int:
    """Do every job of posts there is, also those that are due later; how many."""
    from django.utils import timezone

    from streams.jobs import run_one
    from streams.models import Job

    done = 0
    ours = Job.objects.filter(kind__startswith="posts.")
    while (job := ours.order_by("pk").first()) is not None:
        Job.objects.exclude(pk=job.pk).filter(due_at__lte=timezone.now()).update(due_at=timezone.now() + HOUR)
        ours.filter(pk=job.pk).update(due_at=timezone.now())
        assert run_one()
        done += 1
    return done


def at_once(*calls: Call) -> list[object]:
    """Run each call in a thread of its own, all let go together; what each returned, or the exception it raised."""
    from django.db import close_old_connections, connection

    outcomes: list[object] = [None for _ in calls]
    gate = threading.Barrier(len(calls))

    def run(number: int, call: Call) -> None:
        try:
            close_old_connections()
            gate.wait(20)
            outcomes[number] = call()
        except Exception as error:  # noqa: BLE001 (the test judges it)
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes
