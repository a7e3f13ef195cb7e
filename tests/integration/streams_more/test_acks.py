"""Acknowledgements: kept per login, in batches, and never beyond their epoch."""

from typing import Any

import pytest

from streams.acks import Acknowledged, keep_acks
from streams.gateway.hub import Hub
from streams.models import Ack, Stream
from streams.read import acks, cursor_of, delivered_up_to
from tests.support.people import make_person
from tests.support.stream_world import cursor, eventually, in_thread, long_poll, member, record, recorded

pytestmark = pytest.mark.django_db(transaction=True)


def told(user_id: int, seq: int, *, login: int = 1, epoch: str = "") -> None:
    keep_acks([Acknowledged(login, user_id, epoch or cursor_of(user_id).partition(".")[0], seq)])


def somebody(entries: int) -> int:
    user_id: int = make_person("pablo").pk
    record(user_id, entries)
    return user_id


def test_the_furthest_login_is_what_has_been_delivered() -> None:
    user_id = somebody(5)
    told(user_id, 3, login=1)
    told(user_id, 5, login=2)
    assert delivered_up_to([user_id, 99]) == {user_id: 5, 99: 0}
    assert [(one.login_id, one.seq) for one in acks([user_id])[user_id]] == [(2, 5), (1, 3)]


def test_an_acknowledgement_that_comes_late_takes_nothing_back() -> None:
    user_id = somebody(5)
    told(user_id, 4)
    told(user_id, 2)
    assert delivered_up_to([user_id]) == {user_id: 4}


def test_an_acknowledgement_of_another_epoch_is_not_kept_and_an_older_one_is_void() -> None:
    user_id = somebody(5)
    told(user_id, 4)
    Stream.objects.filter(pk=user_id).update(epoch="restored", head=2)
    told(user_id, 5, epoch="lost")
    assert delivered_up_to([user_id]) == {user_id: 0}
    told(user_id, 1)
    assert delivered_up_to([user_id]) == {user_id: 1}


def test_nothing_beyond_the_head_is_believed() -> None:
    user_id = somebody(2)
    told(user_id, 9)
    assert delivered_up_to([user_id]) == {user_id: 0}


def test_a_thousand_and_more_are_one_statement_a_thousand(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = somebody(1)
    epoch = cursor_of(user_id).partition(".")[0]
    monkeypatch.setattr("streams.acks._on_ack", lambda: None)
    with django_assert_num_queries(2):
        keep_acks([Acknowledged(login, user_id, epoch, 1) for login in range(1_500)])
    assert Ack.objects.count() == 1_500


async def test_going_on_from_a_cursor_is_an_acknowledgement(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 3)
    here = await cursor(pablo.id)
    answer = await long_poll(pablo, here, wait=1).done()
    assert answer.status == 200
    await hub.chores._keep_acks(0.0)
    assert await in_thread(delivered_up_to, [pablo.id]) == {pablo.id: 3}


async def test_a_failed_store_is_tried_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    pablo = await member("pablo")
    await recorded(pablo.id, 2)

    def away(acked: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("streams.gateway.chores.keep_acks", away)
    await long_poll(pablo, await cursor(pablo.id), wait=1).done()
    await hub.chores._try("acks", lambda: hub.chores._keep_acks(0.0))
    assert hub.acked
    monkeypatch.undo()
    await hub.chores._keep_acks(0.0)
    assert await in_thread(delivered_up_to, [pablo.id]) == {pablo.id: 2}
    await eventually(lambda: not hub.acked)
