"""Bad input over every door: a clear error or close code for whoever sends it, and nothing at all for anybody else."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.databases import Template
from tests.support.lab.doors import KINDS, Door, opened
from tests.support.stream_client import StreamClient


@pytest.fixture(scope="module", params=KINDS)
def door(
    request: pytest.FixtureRequest, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """A server, and at its end the proof that nobody else noticed: a bystander is still there, the log has no traceback."""
    with opened(request.param, template, tmp_path_factory.mktemp("doors"), HEARTBEAT=600, PONG_TIMEOUT=599) as one:
        bystander = one.fresh()
        with one.open(bystander) as watching:
            yield one
            one.write(bystander)
            watching.await_entries(1)
            assert watching.close_code is None
        assert one.tracebacks() == []


BEFORE_HELLO: dict[str, tuple[str | bytes, str, int]] = {
    "no JSON": ("hello?", "malformed", 4006),
    "half a frame": ('{"type":"hel', "malformed", 4006),
    "nothing": ("", "malformed", 4006),
    "a list": ("[]", "malformed", 4006),
    "NaN": ('{"type":"ack","seq":NaN}', "malformed", 4006),
    "deep brackets": ("[" * 16_000, "malformed", 4006),
    "a lone surrogate": ('{"type":"hello","token":"\\ud800"}', "malformed", 4006),
    "a NUL": ('{"type":"hello","token":"\x00"}', "malformed", 4006),
    "a huge integer": ('{"type":"ack","seq":' + "9" * 500 + "}", "malformed", 4006),
    "a wrong type": ('{"type":"hello","token":7}', "malformed", 4006),
    "a malformed cursor": ('{"type":"hello","resume":"yesterday"}', "malformed", 4006),
    "an unknown type before hello": ('{"type":"fireworks"}', "hello_first", 4006),
    "sync before hello": ('{"type":"sync","after":"a.1"}', "hello_first", 4006),
    "ack before hello": ('{"type":"ack","seq":1}', "hello_first", 4006),
    "no token": ('{"type":"hello"}', "not_authenticated", 4001),
    "a token that is none": ('{"type":"hello","token":"ey.ey.ey"}', "not_authenticated", 4001),
    "a token with a NUL": ('{"type":"hello","token":"a\\u0000b"}', "not_authenticated", 4001),
    "a token in another script": ('{"type":"hello","token":"жетон"}', "not_authenticated", 4001),
    "a long token": ('{"type":"hello","token":"' + "x" * 10_000 + '"}', "not_authenticated", 4001),
}


@pytest.mark.parametrize("name", BEFORE_HELLO)
def test_a_stranger_who_talks_nonsense_is_told_and_closed(door: Door, name: str) -> None:
    raw, code, close = BEFORE_HELLO[name]
    with door.connect() as client:
        client.send_raw(raw)
        assert client.await_close() == close
    assert [frame["code"] for frame in client.of_type("error")] == [code]
    assert client.of_type("error")[0]["message"]
    assert client.entries == []


def test_an_expired_and_a_foreign_token_are_refused(door: Door) -> None:
    person = door.fresh()
    head, claims, signature = person.access.split(".")
    for token in (f"{head}.{claims}.{signature[:-2]}AA", person.refresh, f"{head}.{claims}."):
        with door.connect() as client:
            client.send({"type": "hello", "token": token})
            assert client.await_close() == 4001


AFTER_HELLO: dict[str, tuple[str, str | None, int | None]] = {
    "hello again": ('{"type":"hello"}', "hello_twice", 4006),
    "no JSON": ("{", "malformed", 4006),
    "a wrong member": ('{"type":"sync","after":5}', "malformed", 4006),
    "a malformed cursor": ('{"type":"sync","after":"5"}', "malformed", 4006),
    "deep brackets": ('{"type":"ack","seq":' + "[" * 16_000, "malformed", 4006),
    "an acknowledgement from the future": ('{"type":"ack","seq":999999}', "ack_ahead", None),
    "a negative acknowledgement": ('{"type":"ack","seq":-1}', "malformed", 4006),
    "a topic that is none": ('{"type":"watch","topics":["nonsense"]}', "unknown_topic", None),
    "an unknown type": ('{"type":"fireworks"}', None, None),
    "typing to nobody": ('{"type":"typing","to":999999999}', None, None),
}


@pytest.mark.parametrize("name", AFTER_HELLO)
def test_a_member_who_talks_nonsense_is_told(door: Door, name: str) -> None:
    raw, code, close = AFTER_HELLO[name]
    person = door.fresh()
    with door.open(person) as client:
        client.send_raw(raw)
        if close is not None:
            assert client.await_close() == close
        elif code is not None:
            client.await_type("error")
        if close is None:
            client.send({"type": "sync", "after": client.welcome["cursor"]})
            client.await_type("caught_up")
        assert [frame["code"] for frame in client.of_type("error")] == ([code] if code else [])


def cursors(door: Door) -> dict[str, tuple[str, str]]:
    """Cursors that cannot be resumed from, and why."""
    other = door.fresh()
    door.write(other)
    with door.open(other) as theirs:
        foreign = theirs.welcome["cursor"]
    return {
        "somebody else's": (foreign, "epoch"),
        "of a wrong epoch": ("nosuch.1", "epoch"),
        "from the future": ("{epoch}.999", "ahead"),
        "from the far future": ("{epoch}.999999999999999999", "ahead"),
    }


def test_a_cursor_that_does_not_hold_is_a_reset_on_every_door(door: Door) -> None:
    person = door.fresh()
    door.write(person)
    with door.open(person) as client:
        epoch, _, _ = client.welcome["cursor"].rpartition(".")
    for text, reason in cursors(door).values():
        cursor = text.format(epoch=epoch)
        with door.open(person, cursor) as client:
            assert client.welcome["resumed"] is False
            assert client.await_type("reset") == {"type": "reset", "cursor": f"{epoch}.1", "reason": reason}
            assert client.entries == []
            client.send({"type": "sync", "after": cursor})
            assert client.await_type("reset", count=2)["reason"] == reason
        polled = person.rest.get("/api/events/", params={"after": cursor}).raise_for_status().json()
        assert (polled["reset"], polled["cursor"], polled["entries"]) == (reason, f"{epoch}.1", [])


def test_the_poll_door_answers_nonsense_in_words(door: Door) -> None:
    person = door.fresh()
    for after in ("", "x", "5", "a.b", "a.-1", "a.1\x00", "ä.1", "a." + "9" * 40, "x" * 500):
        answer = person.rest.get("/api/events/", params={"after": after})
        assert answer.status_code == 400, after
        assert answer.headers["content-type"].startswith("application/problem+json")
    url = door.server.url + "/api/events/"
    for shown in (None, b"Bearer x", b"Bearer", b"Bearer \xff", b"Basic eDp5"):
        headers = [] if shown is None else [(b"Authorization", shown)]
        assert httpx.get(url, headers=headers).status_code == 401
    assert person.rest.post("/api/events/").status_code in (403, 405)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"headers": {"Host": "evil.example"}},
        {"subprotocol": "numeneon.v9"},
    ],
    ids=lambda one: str(next(iter(one.values()))),
)
def test_a_handshake_from_elsewhere_is_refused_before_it_is_one(door: Door, headers: dict[str, Any]) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus) as refused:
        door.connect(**headers)
    assert refused.value.response.status_code in (400, 403)


def test_bytes_are_not_text(door: Door) -> None:
    with door.open(door.fresh()) as client:
        client.send_raw(json.dumps({"type": "pong"}).encode())
        assert client.await_close() == (1003 if door.kind == "fast" else 4006)


def test_a_frame_with_members_of_the_future_is_taken(door: Door) -> None:
    person = door.fresh()
    with StreamClient.connect(door.url) as client:
        client.send({"type": "hello", "token": person.access, "mood": {"deep": [1, 2, {"x": None}]}})
        assert client.await_type("welcome")["user"] == person.id
