"""What a connection does on every door: the conversation, the refusals, the limits. No socket, no clock but a patched one."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.gateway import connection as connection_module
from streams.gateway.identity import Refusal
from streams.protocol import CloseCode
from tests.support.delivery_world import KeepingDoor, StandIn, Table, connected, hub_of

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time stands still until a test moves it."""
    hands = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr(connection_module, "time", SimpleNamespace(monotonic=lambda: hands.now, time=lambda: hands.now))
    return hands


def table(head: int = 5) -> Table:
    made = Table()
    for _ in range(head):
        made.commit()
    return made


def types(door: KeepingDoor) -> list[str]:
    return [frame.get("type", "") for frame in door.frames if "seq" not in frame]


def refused(door: KeepingDoor, frame: dict[str, Any] | bytes) -> tuple[str, int | None]:
    """Say something wrong; the error's code and what the connection was closed with."""
    door.take()
    if isinstance(frame, bytes):
        door.receive(frame)
    else:
        door.say(frame)
    (error,) = door.take()
    assert error["type"] == "error"
    assert error["message"]
    return error["code"], door.close_code


# Hello.


def test_hello_without_a_cursor_is_welcomed_at_the_head_and_nothing_more() -> None:
    door = connected(table())
    (welcome,) = door.take()
    assert (welcome["cursor"], welcome["head"], welcome["resumed"]) == ("k3x9.5", 5, False)
    assert welcome["expires_in"] is None
    assert welcome["limits"] == {
        "frame": 16384,
        "ack_interval": 5,
        "typing_interval": 2,
        "sync_per_minute": 6,
        "topics": 100,
    }


def test_hello_with_a_cursor_is_followed_by_what_was_missed_and_caught_up() -> None:
    door = connected(table(), resume="k3x9.2")
    hub_of(door).answer()
    welcome, *entries, caught_up = door.take()
    assert (welcome["cursor"], welcome["resumed"]) == ("k3x9.2", True)
    assert [entry["seq"] for entry in entries] == [3, 4, 5]
    assert caught_up == {"type": "caught_up", "cursor": "k3x9.5"}


def test_a_cursor_that_cannot_be_resumed_is_reset_at_the_head() -> None:
    door = connected(table(), resume="gone.2")
    welcome, reset = door.take()
    assert (welcome["cursor"], welcome["resumed"]) == ("k3x9.5", False)
    assert reset == {"type": "reset", "cursor": "k3x9.5", "reason": "epoch"}
    assert door.close_code is None


def test_a_malformed_cursor_is_a_malformed_frame() -> None:
    door = KeepingDoor(StandIn(table()))
    assert refused(door, {"type": "hello", "resume": "5"}) == ("malformed", 4006)
    assert hub_of(door).arrived == []


def test_the_token_of_hello_counts_before_the_cookie() -> None:
    hub = StandIn(table())
    for hello, credential in (
        ({"type": "hello"}, (None, "cookie")),
        ({"type": "hello", "token": "t"}, ("t", None)),
        ({"type": "hello", "token": ""}, ("", "cookie")),
    ):
        KeepingDoor(hub, session_key="cookie").say(hello)
        shown = hub.arrived.pop()[1]
        assert (shown.token, shown.session_key) == credential


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "sync", "after": "k3x9.5"},
        {"type": "ack", "seq": 1},
        {"type": "watch", "topics": ["post:1"]},
        {"type": "unwatch", "topics": ["post:1"]},
        {"type": "typing", "to": 3},
        {"type": "refresh", "token": "t"},
        {"type": "fireworks"},
    ],
    ids=lambda frame: frame["type"],
)
def test_nothing_comes_before_hello(frame: dict[str, Any]) -> None:
    assert refused(KeepingDoor(StandIn(table())), frame) == ("hello_first", 4006)


def test_nothing_but_waiting_comes_between_hello_and_welcome() -> None:
    door = KeepingDoor(StandIn(table()))
    door.say({"type": "hello"})
    assert refused(door, {"type": "ack", "seq": 1}) == ("hello_first", 4006)


@pytest.mark.parametrize("welcomed", [True, False])
def test_there_is_one_hello(welcomed: bool) -> None:
    door = KeepingDoor(StandIn(table()))
    door.say({"type": "hello"})
    if welcomed:
        hub_of(door).let_in()
    assert refused(door, {"type": "hello"}) == ("hello_twice", 4006)


def test_whoever_is_not_known_is_told_so_and_closed() -> None:
    door = KeepingDoor(StandIn(table()))
    door.say({"type": "hello", "token": "stale"})
    door.refused(Refusal(CloseCode.NOT_AUTHENTICATED, "The token has expired."))
    assert [frame["code"] for frame in door.take()] == ["not_authenticated"]
    assert door.close_code == 4001


def test_the_end_of_the_credentials_is_told_in_seconds(clock: SimpleNamespace) -> None:
    for ends, told in ((clock.now + 90.7, 90), (clock.now - 5, 0)):
        hub = StandIn(table())
        door = KeepingDoor(hub)
        door.say({"type": "hello"})
        hub.let_in(expires_at=ends)
        assert door.take()[0]["expires_in"] == told


# After it.


def test_a_live_entry_goes_out_as_it_came() -> None:
    stream = table()
    door = connected(stream)
    seq = stream.commit({"type": "redacted", "at": "now"})
    door.on_hint("k3x9", seq, stream.bodies[seq])
    assert door.take()[1:] == [{"seq": 6, "type": "redacted", "at": "now"}]


def test_a_gap_is_repaired_from_the_table_on_the_same_connection() -> None:
    stream = table()
    door = connected(stream)
    for _ in range(4):
        seq = stream.commit()
    door.on_hint("k3x9", seq, stream.bodies[seq])
    assert door.seqs == []
    hub_of(door).answer()
    assert door.seqs == [6, 7, 8, 9]
    assert door.close_code is None
    assert "caught_up" not in types(door)


def test_a_long_replay_comes_in_pages_and_is_caught_up_once() -> None:
    door = connected(table(25), resume="k3x9.0", page=4)
    hub_of(door).answer()
    assert door.seqs == list(range(1, 26))
    assert types(door) == ["welcome", "caught_up"]


def test_sync_sends_again_what_follows_its_cursor() -> None:
    door = connected(table())
    door.say({"type": "sync", "after": "k3x9.3"})
    hub_of(door).answer()
    assert door.seqs == [4, 5]
    assert types(door)[-1] == "caught_up"


def test_the_seventh_sync_in_a_minute_is_a_reset_and_the_next_minute_is_new(clock: SimpleNamespace) -> None:
    door = connected(table())
    for _ in range(6):
        door.say({"type": "sync", "after": "k3x9.5"})
        hub_of(door).answer()
        assert door.take()[-1]["type"] == "caught_up"
    door.say({"type": "sync", "after": "k3x9.5"})
    assert door.take() == [{"type": "reset", "cursor": "k3x9.5", "reason": "sync_limit"}]
    clock.now += 61
    door.say({"type": "sync", "after": "k3x9.5"})
    hub_of(door).answer()
    assert door.take()[-1]["type"] == "caught_up"


def test_acknowledgements_go_up_only_and_never_beyond_what_was_sent() -> None:
    door = connected(table())
    hub = hub_of(door)
    for seq in (3, 2, 5):
        door.say({"type": "ack", "seq": seq})
    assert door.acked == 5
    assert list(hub.acked) == [door]
    assert refused(door, {"type": "ack", "seq": 6}) == ("ack_ahead", None)
    assert refused(door, {"type": "ack", "seq": 2**62}) == ("ack_ahead", None)
    assert door.acked == 5


def test_the_rest_of_the_frames_reach_the_hub() -> None:
    door = connected(table())
    hub = hub_of(door)
    door.say({"type": "watch", "topics": ["post:1"]})
    door.say({"type": "unwatch", "topics": ["post:1"]})
    door.say({"type": "typing", "to": 3})
    door.say({"type": "refresh", "token": "newer"})
    door.say({"type": "pong"})
    door.say({"type": "fireworks"})
    assert hub.ephemeral.watched == [("watch", ["post:1"]), ("unwatch", ["post:1"])]
    assert hub.ephemeral.typed == [3]
    assert hub.refreshed[0].token == "newer"
    assert door.close_code is None


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b'{"type":"ack","seq":NaN}', b"[" * 16_000, b'{"type":"hello","token":"\\ud800"}']
)
def test_bad_input_closes_this_connection_with_words(raw: bytes) -> None:
    assert refused(connected(table()), raw) == ("malformed", 4006)


def test_nothing_is_heard_after_the_end() -> None:
    door = connected(table())
    door.close(4004)
    door.take()
    door.receive(b"{")
    assert door.take() == []


def test_the_burst_is_twenty_frames_and_two_come_back_a_second(clock: SimpleNamespace) -> None:
    door = connected(table())
    for _ in range(19):
        door.say({"type": "pong"})
    assert door.close_code is None
    clock.now += 1
    door.say({"type": "pong"})
    door.say({"type": "pong"})
    assert refused(door, {"type": "pong"}) == ("rate_limited", 4102)


def test_a_client_may_send_all_day_at_the_rate_it_was_told(clock: SimpleNamespace) -> None:
    door = connected(table())
    for _ in range(500):
        clock.now += 0.5
        door.say({"type": "pong"})
    assert door.close_code is None


def test_the_heartbeat_tells_the_head_unless_nothing_may_be_sent() -> None:
    stream = table()
    door = connected(stream, room=3)
    door.ping()
    assert door.take()[-1] == {"type": "ping", "head": 5}
    assert door.pinged
    assert not door.heard
    door.full()
    door.ping()
    assert door.take() == []


# Back-pressure.


def test_a_full_buffer_stops_everything_and_the_table_makes_up_for_it() -> None:
    stream = table()
    door = connected(stream, room=3)
    hub = hub_of(door)
    for _ in range(20):
        seq = stream.commit()
        door.on_hint("k3x9", seq, stream.bodies[seq])
    assert len(door.frames) == 4
    assert list(hub.stalled) == [door]
    while door.seqs[-1:] != [25]:
        before = len(door.frames)
        door.client_reads()
        hub.answer()
        assert before < len(door.frames) <= before + 4, "a bounded piece each time"
    assert door.seqs == list(range(6, 26))
    assert door.frames[-1]["seq"] == 25


def test_a_client_that_is_slow_from_its_welcome_on_misses_nothing() -> None:
    stream = table()
    hub = StandIn(stream)
    door = KeepingDoor(hub, room=0)
    door.say({"type": "hello", "resume": "k3x9.0"})
    hub.let_in()
    for _ in range(20):
        hub.answer()
        door.client_reads()
    assert door.seqs == [1, 2, 3, 4, 5]
    assert types(door) == ["welcome", "caught_up"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["commit", "hint", "old hint", "bare hint", "answer", "drain", "sync"]), max_size=60),
    st.integers(0, 4),
    st.integers(1, 5),
    st.data(),
)
def test_any_buffer_and_any_page_size_give_every_entry_once_in_order(
    steps: list[str], room: int, page: int, data: st.DataObject
) -> None:
    stream = table()
    door = connected(stream, resume="k3x9.5", room=room, page=page)
    hub = hub_of(door)
    synced = False
    for step in steps:
        if step == "commit":
            stream.commit()
        elif step in ("hint", "old hint", "bare hint"):
            seq = stream.head if step != "old hint" else data.draw(st.integers(1, stream.head))
            door.on_hint("k3x9", seq, None if step == "bare hint" else stream.bodies[seq])
        elif step == "answer":
            hub.answer()
        elif step == "drain":
            door.client_reads()
        elif not synced:
            synced = True
            door.say({"type": "sync", "after": f"k3x9.{door.delivery.sent}"})
    for _ in range(400):
        door.on_hint("k3x9", stream.head, None)
        hub.answer()
        door.client_reads()
    assert door.seqs == list(range(6, stream.head + 1))


def test_a_connection_that_ends_leaves_the_hub_once() -> None:
    door = connected(table())
    door.lost()
    door.lost()
    assert hub_of(door).left == [door]
    assert door.closed


def test_a_stream_restored_under_a_connection_ends_it_to_resume_anew() -> None:
    stream = table()
    door = connected(stream)
    stream.restore(3, "after")
    door.on_hint("after", 3, None)
    hub_of(door).answer()
    assert door.close_code == 4200
    door.full()
    assert not hub_of(door).stalled, "what has ended is not waited for"


@pytest.mark.parametrize(
    ("method", "given"),
    [("write", (b"",)), ("close", (1000,)), ("buffer", (b"",)), ("refused_by_kernel", (OSError(), b""))],
)
def test_a_door_must_bring_its_own_transport(method: str, given: tuple[object, ...]) -> None:
    bare = connection_module.Connection(StandIn(table()), session_key=None, address="")  # type: ignore[arg-type]
    with pytest.raises(NotImplementedError):
        getattr(bare, method)(*given)
