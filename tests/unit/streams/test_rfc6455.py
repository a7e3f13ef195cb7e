"""Framing by the book: RFC 6455, sections 4.2, 5, 7.4 and 8.1, whatever way the bytes are cut."""

import itertools
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events import frame_of
from streams.gateway.rfc6455 import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Parser,
    ProtocolViolation,
    accept_key,
    close_code_of,
    close_frame,
    entry_frame,
    entry_frames,
    frame,
    text_frame,
    unmask,
    valid_key,
)

LIMIT = 16 * 1024


def masked(
    opcode: int, payload: bytes, *, final: bool = True, mask: bytes = b"\x37\xfa\x21\x3d", bits: int = 0
) -> bytes:
    """A client's frame."""
    size = len(payload)
    head = bytes([(0x80 if final else 0) | bits | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 0x10000:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    return head + mask + unmask(payload, mask)


def parse(*pieces: bytes, limit: int = LIMIT) -> list[tuple[int, bytes]]:
    parser = Parser(limit)
    return [event for piece in pieces for event in parser.feed(piece)]


def violation(*pieces: bytes, limit: int = LIMIT) -> int:
    with pytest.raises(ProtocolViolation) as violated:
        parse(*pieces, limit=limit)
    assert violated.value.reason
    return violated.value.code


# The handshake.


def test_the_accept_key_is_the_example_of_the_rfc() -> None:
    assert accept_key(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        (b"dGhlIHNhbXBsZSBub25jZQ==", True),
        (b"", False),
        (b"AAAA", False),
        (b"dGhlIHNhbXBsZSBub25jZQ", False),
        (b"dGhlIHNhbXBsZSBub25jZQ==\n", False),
        (b"\xff" * 24, False),
        (b"dGhlIHNhbXBsZSBub25jZSEhIQ==", False),
    ],
)
def test_a_key_is_sixteen_bytes_in_base64(key: bytes, fits: bool) -> None:
    assert valid_key(key) is fits


# Frames out.


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_out_is_as_long_as_it_says(size: int) -> None:
    wire = text_frame(b"x" * size)
    short = {True: 2, False: 4 if size < 65_536 else 10}[size < 126]
    assert len(wire) == short + size
    assert wire[0] == 0x81
    said = wire[1] if size < 126 else int.from_bytes(wire[2:short], "big")
    assert said == size


@given(st.integers(1, 2**60), st.integers(0, 70_000))
@settings(max_examples=60)
def test_an_entrys_wire_is_the_text_frame_of_its_frame(seq: int, size: int) -> None:
    body = b'{"type":"x","pad":"%b"}' % (b"y" * size)
    assert entry_frame(seq, body) == text_frame(frame_of(seq, body))
    head, tail, low, high = entry_frames(seq, body)
    assert low <= seq < high
    for other in (low, seq, high - 1):
        assert b"%b%d%b" % (head, other, tail) == text_frame(frame_of(other, body)), (
            "the same parts for all of a length"
        )


def test_a_close_frames_reason_is_cut_between_characters() -> None:
    wire = close_frame(4006, "é" * 100)
    assert wire[:2] == bytes([0x88, 124])
    assert wire[2:4] == (4006).to_bytes(2, "big")
    assert wire[4:].decode() == "é" * 61


# Frames in.


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 1_000, LIMIT])
def test_a_text_arrives_whole(size: int) -> None:
    payload = b"n" * size
    assert parse(masked(TEXT, payload)) == [(TEXT, payload)]


def test_several_frames_in_one_read_arrive_one_by_one() -> None:
    wire = (
        masked(TEXT, b"one") + masked(PING, b"two") + masked(BINARY, b"three") + masked(PONG, b"") + masked(CLOSE, b"")
    )
    assert parse(wire) == [(TEXT, b"one"), (PING, b"two"), (BINARY, b"three"), (PONG, b""), (CLOSE, b"")]


def test_byte_by_byte_is_the_same_as_at_once() -> None:
    wire = (
        masked(TEXT, "grüße".encode())
        + masked(TEXT, b"a" * 300, final=False)
        + masked(PING, b"between")
        + masked(CONTINUATION, b"", final=False)
        + masked(CONTINUATION, b"b" * 200)
        + masked(CLOSE, (1000).to_bytes(2, "big"))
    )
    assert parse(*(wire[at : at + 1] for at in range(len(wire)))) == parse(wire)
    assert [opcode for opcode, _ in parse(wire)] == [TEXT, PING, TEXT, CLOSE]


def test_a_long_frames_header_may_be_cut_anywhere() -> None:
    wire = masked(BINARY, b"x" * 70_000)
    for cut in range(1, 15):
        assert parse(wire[:cut], wire[cut:], limit=100_000) == [(BINARY, b"x" * 70_000)]


MESSAGES = st.lists(
    st.one_of(
        st.tuples(st.just(TEXT), st.text(max_size=200).map(str.encode)),
        st.tuples(st.just(BINARY), st.binary(max_size=200)),
        st.tuples(st.just(PING), st.binary(max_size=125)),
    ),
    max_size=6,
)


@given(MESSAGES, st.lists(st.integers(0, 3_000), max_size=12), st.binary(min_size=4, max_size=4), st.integers(1, 50))
def test_messages_arrive_however_they_are_fragmented_masked_and_cut(
    messages: list[tuple[int, bytes]], cuts: list[int], mask: bytes, piece: int
) -> None:
    wire = b""
    for opcode, payload in messages:
        if opcode == PING:
            wire += masked(PING, payload, mask=mask)
            continue
        parts = [payload[at : at + piece] for at in range(0, len(payload), piece)] or [b""]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            wire += masked(opcode if number == 0 else CONTINUATION, part, final=last, mask=mask)
    places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    pieces = [wire[one:other] for one, other in itertools.pairwise(places)]
    assert parse(*pieces) == messages


@given(st.binary(max_size=400), st.binary(min_size=4, max_size=4))
def test_masking_twice_is_not_masking(payload: bytes, mask: bytes) -> None:
    assert unmask(unmask(payload, mask), mask) == payload
    assert unmask(payload, mask) == bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


@given(st.binary(max_size=300))
def test_no_bytes_whatever_raise_anything_but_a_violation(junk: bytes) -> None:
    parser = Parser(LIMIT)
    try:
        events = list(parser.feed(junk))
    except ProtocolViolation as violated:
        events = []
        code = violated.code
    else:
        code = 1002
    assert code in (1002, 1007, 1009)
    assert len(events) <= len(junk)


@pytest.mark.parametrize("bits", [0x10, 0x20, 0x40, 0x70])
def test_reserved_bits_are_refused(bits: int) -> None:
    assert violation(masked(TEXT, b"x", bits=bits)) == 1002


@pytest.mark.parametrize("opcode", [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF])
def test_reserved_opcodes_are_refused(opcode: int) -> None:
    assert violation(masked(opcode, b"")) == 1002


def test_an_unmasked_frame_is_refused() -> None:
    assert violation(b"\x81\x02hi") == 1002


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_a_control_frame_is_short_and_whole(opcode: int) -> None:
    assert violation(masked(opcode, b"x" * 126)) == 1002
    assert violation(masked(opcode, b"", final=False)) == 1002
    assert parse(masked(opcode, b"\x03\xe8" + b"x" * 123)) == [(opcode, b"\x03\xe8" + b"x" * 123)]


def test_a_continuation_needs_a_beginning_and_a_beginning_an_end() -> None:
    assert violation(masked(CONTINUATION, b"x")) == 1002
    assert violation(masked(TEXT, b"x", final=False), masked(TEXT, b"y")) == 1002
    assert violation(masked(TEXT, b"x", final=False), masked(CONTINUATION, b"y"), masked(CONTINUATION, b"z")) == 1002


def test_the_size_is_judged_from_the_header_before_the_payload_has_come() -> None:
    assert violation(masked(TEXT, b"x" * (LIMIT + 1))[:14]) == 1009
    assert violation(b"\x81\xff" + b"\xff" * 8) == 1009


def test_the_size_of_a_fragmented_message_is_that_of_all_its_fragments() -> None:
    assert violation(masked(TEXT, b"x" * LIMIT, final=False), masked(CONTINUATION, b"y")) == 1009
    assert parse(masked(TEXT, b"x" * LIMIT, final=False), masked(CONTINUATION, b"")) == [(TEXT, b"x" * LIMIT)]


def test_a_ping_between_fragments_does_not_count_as_the_message() -> None:
    whole = masked(TEXT, b"x" * LIMIT, final=False) + masked(PING, b"y" * 125) + masked(CONTINUATION, b"")
    assert parse(whole) == [(PING, b"y" * 125), (TEXT, b"x" * LIMIT)]


def test_empty_fragments_without_end_are_refused() -> None:
    wire = masked(TEXT, b"", final=False) + masked(CONTINUATION, b"", final=False) * 100_000
    assert violation(wire) == 1008


def test_an_idle_parser_keeps_nothing() -> None:
    parser = Parser(LIMIT)
    list(parser.feed(masked(TEXT, b"x" * 10_000)))
    assert parser._rest == b""
    assert parser._fragments is None


# UTF-8.


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xce",
        b"ok\xe2\x82",
        "κόσμε".encode() + b"\xed\xa0\x80edited",
    ],
)
def test_text_that_is_no_utf8_is_refused(bad: bytes) -> None:
    assert violation(masked(TEXT, bad)) == 1007
    assert violation(masked(TEXT, bad[:1], final=False), masked(CONTINUATION, bad[1:])) == 1007
    assert parse(masked(BINARY, bad)) == [(BINARY, bad)]


def test_a_character_may_be_cut_by_fragments() -> None:
    for cut in range(1, 4):
        emoji = "🙂".encode()
        pieces = masked(TEXT, emoji[:cut], final=False) + masked(CONTINUATION, emoji[cut:])
        assert parse(pieces) == [(TEXT, emoji)]


# Closing.


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_a_close_code_is_answered_with_itself(code: int) -> None:
    assert close_code_of(code.to_bytes(2, "big") + "später".encode()) == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
def test_a_close_code_that_must_not_be_sent_is_refused(code: int) -> None:
    with pytest.raises(ProtocolViolation) as violated:
        close_code_of(code.to_bytes(2, "big"))
    assert violated.value.code == 1002


def test_a_close_without_a_code_is_normal() -> None:
    assert close_code_of(b"") == 1000


def test_half_a_close_code_and_a_reason_that_is_no_utf8_are_refused() -> None:
    with pytest.raises(ProtocolViolation, match="code"):
        close_code_of(b"\x03")
    with pytest.raises(ProtocolViolation) as violated:
        close_code_of(b"\x03\xe8\xff")
    assert violated.value.code == 1007


@pytest.mark.parametrize("opcode", [PONG, PING])
def test_server_frames_are_never_masked(opcode: int) -> None:
    assert frame(opcode, os.urandom(100))[1] < 0x80
