"""Server-Sent Events: the stream of the WebSocket, in another coat."""

import pytest

from accounts.models import Device
from streams.bus import publish_ended
from streams.gateway.hub import Hub
from tests.support.stream_world import Request, bearer, cursor, eventually, in_thread, member, recorded, sse

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_entry_arrives_with_its_cursor_as_id(hub: Hub) -> None:
    pablo = await member("pablo")
    here = await cursor(pablo.id)
    following = sse(pablo, f"after={here}")
    await following.until(lambda: following.named("caught_up"))
    await recorded(pablo.id)
    await following.until(lambda: following.seqs == [1])
    (entry,) = following.named("message")
    epoch = here.partition(".")[0]
    assert entry["id"] == f"{epoch}.1"
    assert entry["data"]["type"] == "friend_accepted"
    assert following.status == 200
    assert following.answer_headers["content-type"].startswith("text/event-stream")
    assert following.answer_headers["x-accel-buffering"] == "no"
    assert "no-store" in following.answer_headers["cache-control"]
    await following.hang_up()
    assert not hub.by_user
    assert hub.count == 0


async def test_who_brings_no_cursor_learns_the_one_of_now_and_gets_only_what_follows(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 3)
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))
    assert following.named("caught_up")[0]["id"] == await cursor(pablo.id)
    await recorded(pablo.id)
    await following.until(lambda: following.seqs == [4])
    await following.hang_up()


async def test_last_event_id_outranks_the_address_so_a_browser_that_reconnects_misses_nothing(hub: Hub) -> None:
    pablo = await member("pablo")
    start = await cursor(pablo.id)
    await recorded(pablo.id, 6)
    epoch = start.partition(".")[0]
    following = sse(pablo, f"after={start}", Last_Event_ID=f"{epoch}.4")
    await following.until(lambda: following.named("caught_up"))
    assert following.seqs == [5, 6]
    await following.hang_up()


async def test_a_cursor_of_another_epoch_is_reset_with_a_cursor_to_go_on_from(hub: Hub) -> None:
    pablo = await member("pablo")
    await recorded(pablo.id, 2)
    following = sse(pablo, "after=other.1")
    await following.until(lambda: following.named("reset"))
    (reset,) = following.named("reset")
    assert reset["data"]["reason"] == "epoch"
    assert reset["id"] == reset["data"]["cursor"] == await cursor(pablo.id)
    await recorded(pablo.id)
    await following.until(lambda: following.seqs == [3])
    await following.hang_up()


async def test_a_client_that_stops_reading_is_sent_no_more_than_a_buffer_and_then_everything(hub: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo, f"after={await cursor(pablo.id)}")
    await following.until(lambda: following.named("caught_up"))
    following.reading.clear()
    await recorded(pablo.id, 500)
    (connection,) = hub.by_user[pablo.id]
    await eventually(lambda: connection.stalled_at is not None)
    assert connection.delivery.sent < 500
    following.reading.set()
    await following.until(lambda: len(following.seqs) >= 500)
    assert following.seqs == list(range(1, 501))
    await following.hang_up()


async def test_the_end_of_a_login_ends_the_answer_and_says_why(hub: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))
    login = await in_thread(lambda: Device.objects.get(user_id=pablo.id).pk)
    await in_thread(publish_ended, user_id=pablo.id, login_ids=[login])
    await following.done()
    assert following.named("close")[0]["data"]["code"] == 4004


async def test_a_bad_token_is_a_401_before_anything_is_streamed(hub: Hub) -> None:
    refused = Request("", {"Accept": "text/event-stream", "Authorization": "Bearer nonsense"}).start()
    await refused.done()
    assert refused.status == 401
    assert refused.answer_headers["www-authenticate"] == "Bearer"
    assert refused.json["code"] == "not_authenticated"
    assert hub.count == 0


async def test_a_malformed_cursor_is_a_400(hub: Hub) -> None:
    pablo = await member("pablo")
    refused = await sse(pablo, "after=nonsense").done()
    assert refused.status == 400
    assert refused.json["code"] == "malformed_cursor"


async def test_a_page_of_a_foreign_origin_is_refused(hub: Hub) -> None:
    pablo = await member("pablo")
    refused = await sse(pablo, Origin="https://evil.example").done()
    assert refused.status == 403


async def test_the_eleventh_connection_replaces_the_first_whatever_the_door(hub: Hub) -> None:
    pablo = await member("pablo")
    first, *others = [sse(pablo) for _ in range(11)]
    await eventually(lambda: any(one.complete for one in (first, *others)))
    closed = [one for one in (first, *others) if one.complete]
    assert len(closed) == 1
    assert len(hub.by_user[pablo.id]) == 10
    assert closed[0].status in (200, 429)
    for one in others:
        await one.hang_up()
    await first.hang_up()


async def test_another_path_goes_on_to_django(hub: Hub) -> None:
    pablo = await member("pablo")
    plain = await Request("after=x.1", bearer(pablo)).start().done()
    assert plain.status == 404, "the application behind the door answered"
