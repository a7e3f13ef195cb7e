"""The wire protocol `numeneon.v1`: frames in, frames out, close codes.

A client's frame is parsed into a frozen object or refused with words; nothing past this module sees raw JSON. The parser is
msgspec, which refuses NaN, lone surrogates and bottomless nesting where Python's own `json` accepts or crashes.

protocol/README.md is the reference for people; this is the same in code. May import: msgspec, cursor.
"""

from enum import IntEnum
from typing import Annotated, Literal

import msgspec

from .cursor import Cursor, MalformedCursor

SUBPROTOCOL = "numeneon.v1"


class CloseCode(IntEnum):
    """Why a connection ended. The range is the instruction: 40xx stop, 41xx back off, 42xx resume at once."""

    NORMAL = 1000
    GOING_AWAY = 1001
    TOO_LARGE = 1009
    RESTART = 1012
    NOT_AUTHENTICATED = 4001
    FORBIDDEN = 4003
    REVOKED = 4004
    UNKNOWN_PROTOCOL = 4005
    MALFORMED = 4006
    REPLACED = 4009
    FULL = 4100
    RATE_LIMITED = 4102
    NO_HELLO = 4103
    EXPIRED = 4200
    TOO_SLOW = 4201
    NO_PONG = 4203


class FrameRefused(Exception):
    """The client sent something this protocol does not have."""

    def __init__(self, code: str, message: str, *, close: CloseCode | None = CloseCode.MALFORMED) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.close = close


Natural = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A number that fits a database column; JSON itself knows no limit."""


class _ClientFrame(msgspec.Struct, frozen=True, tag_field="type"):
    """Unknown members are ignored, so that newer clients can talk to older servers."""


class Hello(_ClientFrame, frozen=True, tag="hello"):
    """The first frame. Cookie clients send no token; without `resume` the stream starts at its head."""

    token: str | None = None
    resume: str | None = None


class Sync(_ClientFrame, frozen=True, tag="sync"):
    """Send again everything after this cursor."""

    after: str


class Ack(_ClientFrame, frozen=True, tag="ack"):
    """Applied up to here."""

    seq: Natural


class Watch(_ClientFrame, frozen=True, tag="watch"):
    """Follow ephemeral topics."""

    topics: list[str]


class Unwatch(_ClientFrame, frozen=True, tag="unwatch"):
    """Stop following topics."""

    topics: list[str]


class Typing(_ClientFrame, frozen=True, tag="typing"):
    """I am writing to this user."""

    to: Natural


class Refresh(_ClientFrame, frozen=True, tag="refresh"):
    """A newer access token of the same user and login."""

    token: str


class Pong(_ClientFrame, frozen=True, tag="pong"):
    """Answers ping."""


ClientFrame = Hello | Sync | Ack | Watch | Unwatch | Typing | Refresh | Pong

_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_encode = msgspec.json.Encoder().encode
_PONG = Pong()


def parse_frame(raw: bytes) -> ClientFrame | None:
    """A client's text frame; None for a type this release does not know, which is ignored.

    Raises:
        FrameRefused: not JSON, not an object with a `type`, or wrong members. The message says which.
    """
    if raw == b'{"type":"pong"}':
        return _PONG
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        if "Invalid value" in str(error) and "$.type" in str(error):
            return None
        raise FrameRefused("malformed", f"This frame does not fit the protocol: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FrameRefused("malformed", f"This frame is not valid JSON: {reason}.") from None


def parse_cursor(text: str) -> Cursor:
    """A cursor inside a frame.

    Raises:
        FrameRefused: it is none.
    """
    try:
        return Cursor.parse(text)
    except MalformedCursor as error:
        raise FrameRefused("malformed", str(error)) from None


class Limits(msgspec.Struct, frozen=True):
    """What the client may do, told in `welcome`. Sizes in bytes, intervals in seconds."""

    frame: int = 16 * 1024
    ack_interval: int = 5
    typing_interval: int = 2
    sync_per_minute: int = 6
    topics: int = 100


class Welcome(msgspec.Struct, frozen=True, tag_field="type", tag="welcome"):
    """Who you are, where your stream stands, and from where frames follow (`cursor`)."""

    protocol: Literal["numeneon.v1"]
    user: int
    cursor: str
    head: int
    floor: int
    resumed: bool
    heartbeat: float
    connection: str
    expires_in: int | None
    limits: Limits


ResetReason = Literal["epoch", "trimmed", "ahead", "too_far", "sync_limit"]


def encode(frame: msgspec.Struct) -> bytes:
    """A server frame as the bytes on the wire."""
    return _encode(frame)


def ping(head: int) -> bytes:
    """Reveals a lost tail while nothing else is sent."""
    return b'{"type":"ping","head":%d}' % head


def caught_up(cursor: Cursor) -> bytes:
    """Replay is finished; live from here."""
    return _encode({"type": "caught_up", "cursor": str(cursor)})


def reset(cursor: Cursor, reason: ResetReason) -> bytes:
    """The stream cannot be resumed from where the client was: take snapshots, then go on from `cursor`."""
    return _encode({"type": "reset", "cursor": str(cursor), "reason": reason})


def expiring(seconds: int) -> bytes:
    """The credentials end soon; a `refresh` keeps the connection."""
    return _encode({"type": "expiring", "in": seconds})


def drain(milliseconds: int) -> bytes:
    """This process is going away; come back after that time."""
    return _encode({"type": "drain", "reconnect_in_ms": milliseconds})


def error(code: str, message: str, retry_after: float | None = None) -> bytes:
    """Something the client did was refused; a close frame follows when it cannot go on."""
    frame: dict[str, object] = {"type": "error", "code": code, "message": message}
    if retry_after is not None:
        frame["retry_after"] = retry_after
    return _encode(frame)


def farewell(code: int, reason: str) -> bytes:
    """The last thing said over Server-Sent Events, where nothing else carries a close code."""
    return msgspec.json.encode({"type": "close", "code": code, "reason": reason})
