"""Server side WebSocket framing (RFC 6455), sans I/O and small enough to hold fifty thousand times.

The parser keeps only the bytes of an unfinished frame: an idle connection costs two references. It answers each complete
thing as an event and each violation as `ProtocolViolation` with the close code that the RFC asks for. No extensions are
offered, so every reserved bit is a violation (section 5.2), and compression bombs have nothing to decompress.

Source of the rules: RFC 6455, sections 4.2 (handshake), 5 (framing), 7.4 (close codes), 8.1 (UTF-8).
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

EMPTY_FRAGMENTS = 64
"""Empty fragments a message may have: they cost work and never reach the size limit."""

_CLOSE_CODES = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014})


class ProtocolViolation(Exception):
    """The peer broke RFC 6455; `code` is the close code to answer with."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def accept_key(key: bytes) -> bytes:
    """The `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key` (section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def valid_key(key: bytes) -> bool:
    """Whether a `Sec-WebSocket-Key` is sixteen bytes in base64 (section 4.2.1)."""
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except ValueError:
        return False


def text_frame(payload: bytes) -> bytes:
    """An unmasked text frame."""
    return frame(TEXT, payload)


def frame(opcode: int, payload: bytes) -> bytes:
    """An unmasked, final frame."""
    return _header(opcode, len(payload)) + payload


def _header(opcode: int, size: int) -> bytes:
    if size < 126:
        return bytes((0x80 | opcode, size))
    if size < 0x10000:
        return bytes((0x80 | opcode, 126, size >> 8, size & 0xFF))
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big")


def entry_frames(seq: int, body: bytes) -> tuple[bytes, bytes, int, int]:
    """How to frame one entry's body for many streams: what stands before the number, what after it, and for which numbers.

    The header tells the length, so the parts are right for numbers of as many digits: from the third to below the fourth.
    """
    digits = len(str(seq))
    tail = b",%b" % body[1:]
    return _header(TEXT, 7 + digits + len(tail)) + b'{"seq":', tail, 10 ** (digits - 1), 10**digits


def entry_frame(seq: int, body: bytes) -> bytes:
    """The frame of one entry at one place."""
    tail = b",%b" % body[1:]
    number = b"%d" % seq
    return b'%b{"seq":%b%b' % (_header(TEXT, 7 + len(number) + len(tail)), number, tail)


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is cut to the 123 bytes that fit a control frame."""
    words = reason.encode()[:123].decode(errors="ignore").encode()
    return frame(CLOSE, code.to_bytes(2, "big") + words)


def unmask(payload: bytes, mask: bytes) -> bytes:
    """Undo a client's masking (section 5.3), a whole payload in one integer operation."""
    size = len(payload)
    if not size:
        return b""
    pattern = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(pattern, "little")).to_bytes(size, "little")


class Parser:
    """Client frames in, (opcode, payload) out; text is complete and valid UTF-8, still as bytes."""

    __slots__ = ("_empty_fragments", "_fragment_opcode", "_fragments", "_limit", "_rest")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = b""
        self._fragments: bytearray | None = None
        self._fragment_opcode = 0
        self._empty_fragments = 0

    def feed(self, data: bytes) -> Iterable[tuple[int, bytes]]:
        """Take bytes, give complete messages and control frames.

        Nearly all that clients send is one short text, whole and alone: a heartbeat's answer.

        Raises:
            ProtocolViolation: what follows cannot be understood; close with its code.
        """
        size = len(data) - 6
        if 0 <= size < 126 and data[0] == 0x80 | TEXT and data[1] == 0x80 | size and self._expects_anything(size):
            return ((TEXT, _checked(TEXT, unmask(data[6:], data[2:6]))),)
        return self._pieces(data)

    def _expects_anything(self, size: int) -> bool:
        return not self._rest and self._fragments is None and size <= self._limit

    def _pieces(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        if self._rest:
            data = self._rest + data
            self._rest = b""
        at, end = 0, len(data)
        try:
            while end - at >= 2:
                step = self._frame(data, at, end)
                if step is None:
                    break
                at, event = step
                if event is not None:
                    yield event
        finally:
            self._rest = bytes(data[at:])

    def _frame(self, data: bytes, at: int, end: int) -> tuple[int, tuple[int, bytes] | None] | None:
        first, second = data[at], data[at + 1]
        opcode, size, start = first & 0x0F, second & 0x7F, at + 2
        self._check_header(first, second, opcode, size)
        if size == 126:
            if end < start + 2:
                return None
            size = int.from_bytes(data[start : start + 2], "big")
            start += 2
        elif size == 127:
            if end < start + 8:
                return None
            size = int.from_bytes(data[start : start + 8], "big")
            start += 8
        if size + (len(self._fragments or b"") if opcode < CLOSE else 0) > self._limit:
            raise ProtocolViolation(1009, f"A frame may have {self._limit} bytes at most.")
        start += 4
        if end < start + size:
            return None
        payload = unmask(data[start : start + size], data[start - 4 : start])
        return start + size, self._message(opcode, payload, final=first >= 0x80)

    def _check_header(self, first: int, second: int, opcode: int, size: int) -> None:
        if first & 0x70:
            raise ProtocolViolation(1002, "A reserved bit is set.")
        if not second & 0x80:
            raise ProtocolViolation(1002, "A client's frames must be masked.")
        if opcode >= CLOSE:
            if opcode > PONG:
                raise ProtocolViolation(1002, "There is no such opcode.")
            if first < 0x80 or size > 125:
                raise ProtocolViolation(1002, "A control frame is short and in one piece.")
        elif opcode > BINARY:
            raise ProtocolViolation(1002, "There is no such opcode.")
        elif (opcode == CONTINUATION) != (self._fragments is not None):
            raise ProtocolViolation(1002, "A continuation belongs after an unfinished message, and only there.")

    def _message(self, opcode: int, payload: bytes, *, final: bool) -> tuple[int, bytes] | None:
        if opcode >= CLOSE:
            return opcode, payload
        if opcode != CONTINUATION and final:
            return opcode, _checked(opcode, payload)
        if opcode != CONTINUATION:
            self._fragments, self._fragment_opcode, self._empty_fragments = bytearray(payload), opcode, 0
            return None
        assert self._fragments is not None  # noqa: S101
        self._fragments += payload
        if not final:
            self._empty_fragments += not payload
            if self._empty_fragments > EMPTY_FRAGMENTS:
                raise ProtocolViolation(1008, "A message of empty fragments has no end.")
            return None
        whole, self._fragments = bytes(self._fragments), None
        return self._fragment_opcode, _checked(self._fragment_opcode, whole)


def _checked(opcode: int, payload: bytes) -> bytes:
    if opcode == TEXT:
        try:
            payload.decode()
        except UnicodeDecodeError:
            raise ProtocolViolation(1007, "Text must be UTF-8.") from None
    return payload


def close_code_of(payload: bytes) -> int:
    """The code to answer a close frame with (sections 5.5.1, 7.4).

    Raises:
        ProtocolViolation: a code that must not be sent, one byte only, or a reason that is no UTF-8.
    """
    if not payload:
        return 1000
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (code in _CLOSE_CODES or 3000 <= code < 5000):
        raise ProtocolViolation(1002, "This close code must not be sent.")
    _checked(TEXT, payload[2:])
    return code
