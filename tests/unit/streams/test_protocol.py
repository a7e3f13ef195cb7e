"""Frames in and out are the ones in protocol/frames, and whatever else a client sends is refused in words."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import protocol
from streams.cursor import Cursor
from streams.events import event_class, frame_of, registered
from streams.protocol import CloseCode, FrameRefused, parse_cursor, parse_frame

PROTOCOL = Path(__file__).resolve().parents[3] / "protocol"
FRAMES = {path.stem: json.loads(path.read_text()) for path in sorted((PROTOCOL / "frames").glob("*.json"))}
CLIENT = {name: golden["frame"] for name, golden in FRAMES.items() if golden["direction"] == "client"}
SERVER = {name: golden["frame"] for name, golden in FRAMES.items() if golden["direction"] == "server"}
EPHEMERAL = {"typing", "presence", "post_activity"}
"""Made by the apps that have something to whisper, not by streams.protocol."""


def test_every_golden_frame_belongs_to_a_side() -> None:
    assert len(CLIENT) + len(SERVER) == len(FRAMES)
    assert CLIENT
    assert SERVER


@pytest.mark.parametrize("name", CLIENT)
def test_a_golden_client_frame_parses_with_all_its_members(name: str) -> None:
    frame = parse_frame(json.dumps(CLIENT[name]).encode())
    assert frame is not None
    assert frame.__struct_config__.tag == CLIENT[name]["type"]
    for member, value in CLIENT[name].items():
        if member != "type":
            assert getattr(frame, member) == value


def test_every_client_frame_of_the_protocol_has_a_golden_file() -> None:
    spoken = {"hello", "sync", "ack", "watch", "unwatch", "typing", "refresh", "pong"}
    assert {frame["type"] for frame in CLIENT.values()} == spoken


def welcome(frame: dict[str, Any]) -> bytes:
    members = {name: value for name, value in frame.items() if name not in ("type", "limits")}
    limits = protocol.Limits(**frame["limits"])
    return protocol.encode(protocol.Welcome(**members, limits=limits))


ENCODERS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "welcome": welcome,
    "ping": lambda frame: protocol.ping(frame["head"]),
    "caught_up": lambda frame: protocol.caught_up(Cursor.parse(frame["cursor"])),
    "reset": lambda frame: protocol.reset(Cursor.parse(frame["cursor"]), frame["reason"]),
    "expiring": lambda frame: protocol.expiring(frame["in"]),
    "drain": lambda frame: protocol.drain(frame["reconnect_in_ms"]),
    "error": lambda frame: protocol.error(frame["code"], frame["message"], frame.get("retry_after")),
}


@pytest.mark.parametrize("name", [name for name in SERVER if not name.startswith("entry.")])
def test_a_golden_server_frame_is_what_is_encoded(name: str) -> None:
    golden = SERVER[name]
    if golden["type"] in EPHEMERAL:
        assert "seq" not in golden
        return
    encoded = json.loads(ENCODERS[golden["type"]](golden))
    assert encoded == golden
    assert list(encoded) == list(golden), "members stand in the order of the reference"


def test_every_server_frame_the_module_can_make_has_a_golden_file() -> None:
    assert set(ENCODERS) | EPHEMERAL == {frame["type"] for name, frame in SERVER.items() if "seq" not in frame}


@pytest.mark.parametrize("name", [name for name in SERVER if name.startswith("entry.")])
def test_a_golden_entry_is_the_events_example_with_seq_first(name: str) -> None:
    golden = SERVER[name]
    assert next(iter(golden)) == "seq"
    members = {key: value for key, value in golden.items() if key != "seq"}
    assert json.loads(frame_of(golden["seq"], json.dumps(members).encode())) == golden
    example = event_class(golden["type"]).example()
    rendered = {"text": example.text(), "link": example.link()} if example.text() or example.link() else {}
    assert {key: golden[key] for key in golden if key in ("text", "link")} == rendered


def test_every_registered_event_type_has_a_golden_entry() -> None:
    assert {f"entry.{name}" for name in registered()} == {name for name in SERVER if name.startswith("entry.")}


def test_an_error_without_a_time_to_wait_names_none() -> None:
    assert "retry_after" not in json.loads(protocol.error("malformed", "No."))


MALFORMED = {
    "nothing": b"",
    "half a frame": b'{"type":"ack","seq":',
    "two frames": b'{"type":"pong"}{"type":"pong"}',
    "not JSON": b"hello",
    "a list": b"[]",
    "a string": b'"hello"',
    "a number": b"7",
    "null": b"null",
    "no type": b'{"seq":1}',
    "a type that is no string": b'{"type":7}',
    "NaN": b'{"type":"ack","seq":NaN}',
    "infinity": b'{"type":"ack","seq":Infinity}',
    "a fraction": b'{"type":"ack","seq":1.5}',
    "a boolean for a number": b'{"type":"ack","seq":true}',
    "a string for a number": b'{"type":"ack","seq":"1"}',
    "a missing member": b'{"type":"ack"}',
    "null for a string": b'{"type":"sync","after":null}',
    "a number for a string": b'{"type":"sync","after":5}',
    "an object for a list": b'{"type":"watch","topics":{}}',
    "a number in a list of strings": b'{"type":"watch","topics":["a",1]}',
    "a huge integer": b'{"type":"ack","seq":' + b"9" * 400 + b"}",
    "a lone surrogate": b'{"type":"hello","token":"\\ud800"}',
    "bytes that are no UTF-8": b'{"type":"hello","token":"\xff\xfe"}',
    "a raw NUL": b'{"type":"hello","token":"\x00"}',
    "many brackets": b'{"type":"ack","seq":' + b"[" * 100_000,
    "many braces": b'{"type":"hello","x":' + b'{"x":' * 100_000,
    "many closed brackets": b'{"type":"hello","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED.keys())
def test_bad_input_is_refused_in_words_and_closes_with_4006(raw: bytes) -> None:
    with pytest.raises(FrameRefused) as refused:
        parse_frame(raw)
    assert refused.value.code == "malformed"
    assert refused.value.close == CloseCode.MALFORMED
    assert re.search(r"[a-z]{3}", refused.value.message)
    assert len(refused.value.message) < 300


def refusal_of(raw: bytes) -> str | None:
    """The code a frame is refused with; None when it is taken."""
    try:
        parse_frame(raw)
    except FrameRefused as refused:
        return refused.code
    return None


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_a_refusal(raw: bytes) -> None:
    assert refusal_of(raw) in (None, "malformed")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@settings(max_examples=50)
def test_no_json_whatever_raises_anything_but_a_refusal(value: object) -> None:
    for whole in (value, {"type": "hello", "resume": value}, {"type": "watch", "topics": value}, {"type": value}):
        assert refusal_of(json.dumps(whole).encode("utf-8", "surrogatepass")) in (None, "malformed")


def test_a_type_of_a_newer_release_is_ignored() -> None:
    assert parse_frame(b'{"type":"fireworks","colour":"magenta"}') is None


def test_members_of_a_newer_release_are_ignored() -> None:
    assert parse_frame(b'{"type":"ack","seq":5,"mood":"fine"}') == protocol.Ack(5)
    assert parse_frame(b'{ "type": "pong", "mood": "fine" }') == parse_frame(b'{"type":"pong"}') == protocol.Pong()


def test_a_cursor_in_a_frame_is_judged_like_a_frame() -> None:
    assert parse_cursor("k3x9.5") == Cursor("k3x9", 5)
    with pytest.raises(FrameRefused) as refused:
        parse_cursor("k3x9.x")
    assert (refused.value.code, refused.value.close) == ("malformed", CloseCode.MALFORMED)


def test_the_close_codes_are_those_of_the_reference() -> None:
    reference = (PROTOCOL / "README.md").read_text()
    for code in CloseCode:
        if code != CloseCode.NORMAL:
            assert str(int(code)) in reference, code.name
    assert {int(found) for found in re.findall(r"\b4[012]\d\d\b", reference)} - {
        4000,
        4099,
        4100,
        4199,
        4200,
        4299,
    } <= set(CloseCode)
