"""The long poll: an answer as soon as there is one."""

import asyncio
import time

import pytest

from streams.bus import publish_ended
from streams.conf import conf
from streams.gateway.hub import Hub
from tests.support.stream_world import Request, bearer, cursor, eventually, in_thread, long_poll, member, recorded

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_is_there_already_is_answered_at_once(hub: Hub) -> None:
    pablo = await member("pablo")
    start = await cursor(pablo.id)
    await recorded(pablo.id, 3)
    began = time.monotonic()
    answer = await long_poll(pablo, start).done()
    assert time.monotonic() - began < 2
    assert [entry["seq"] for entry in answer.json["entries"]] == [1, 2, 3]
    assert answer.json["cursor"] == answer.answer_headers["stream-cursor"] == await cursor(pablo.id)
    assert answer.json["more"] is False
    assert answer.json["head"] == 3


async def test_what_comes_ends_the_wait(hub: Hub) -> None:
    pablo = await member("pablo")
    waiting = long_poll(pablo, await cursor(pablo.id))
    await eventually(lambda: pablo.id in hub.by_user)
    await recorded(pablo.id)
    await waiting.done(within=2)
    assert [entry["seq"] for entry in waiting.json["entries"]] == [1]
    await eventually(lambda: not hub.count)


async def test_nothing_is_answered_when_the_time_is_up(hub: Hub) -> None:
    pablo = await member("pablo")
    start = await cursor(pablo.id)
    began = time.monotonic()
    answer = await long_poll(pablo, start, wait=1).done()
    assert 0.9 < time.monotonic() - began < 3
    assert answer.status == 200
    assert answer.json == {"cursor": start, "head": 0, "more": False, "entries": []}


async def test_polling_on_from_each_answer_brings_everything_once_and_in_order(hub: Hub) -> None:
    pablo = await member("pablo")
    place = await cursor(pablo.id)
    writing = asyncio.gather(recorded(pablo.id, 60), recorded(pablo.id, 60))
    seqs: list[int] = []
    async with asyncio.timeout(30):
        while len(seqs) < 120:
            answer = await long_poll(pablo, place, wait=5).done()
            assert answer.status == 200, answer.body
            seqs += [entry["seq"] for entry in answer.json["entries"]]
            place = answer.json["cursor"]
    await writing
    assert seqs == list(range(1, 121))


async def test_what_exceeds_the_buffer_waits_for_the_next_question(hub: Hub) -> None:
    pablo = await member("pablo")
    place = await cursor(pablo.id)
    await recorded(pablo.id, 700)
    seqs: list[int] = []
    while len(seqs) < 700:
        answer = await long_poll(pablo, place).done()
        assert len(answer.body) < conf().WRITE_BUFFER + 40_000
        seqs += [entry["seq"] for entry in answer.json["entries"]]
        place = answer.json["cursor"]
        assert answer.json["more"] is (len(seqs) < 700)
    assert seqs == list(range(1, 701))
    assert not hub.stalled


async def test_a_cursor_that_does_not_hold_is_reset_at_once(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 2)
    here = await cursor(pablo.id)
    ahead = await long_poll(pablo, here.replace(".2", ".9")).done()
    assert ahead.json == {"cursor": here, "head": 2, "more": False, "reset": "ahead", "entries": []}


async def test_the_end_of_the_login_answers_401(hub: Hub) -> None:
    pablo = await member("pablo")
    waiting = long_poll(pablo, await cursor(pablo.id))
    await eventually(lambda: pablo.id in hub.by_user)
    await in_thread(publish_ended, user_id=pablo.id)
    await waiting.done(within=2)
    assert waiting.status == 401


async def test_a_draining_process_answers_with_nothing_rather_than_an_error(hub: Hub) -> None:
    pablo = await member("pablo")
    start = await cursor(pablo.id)
    waiting = long_poll(pablo, start)
    await eventually(lambda: any(one.delivery.epoch for one in hub.by_user.get(pablo.id, ())))
    await hub.drain(0.1)
    await waiting.done(within=3)
    assert waiting.status == 200
    assert waiting.json["cursor"] == start
    refused = await long_poll(pablo, start).done()
    assert (refused.status, refused.answer_headers["retry-after"]) == (503, "2")


async def test_wait_must_be_a_number(hub: Hub) -> None:
    pablo = await member("pablo")
    refused = await Request("wait=soon", bearer(pablo)).start().done()
    assert refused.status == 400
