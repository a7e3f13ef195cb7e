"""The contract of the bus: hints between processes, never truth.

A hint says "this stream now reaches at least here", and may carry the entry so that nobody has to read it. Hints may be
lost, repeated and reordered; the machine on the other side drops what is old and reads what is missing. So a bus promises
little, and keeps it:

- `publish` is called after commit, from any thread, never raises, and returns within the publish timeout even when the bus
  is dead. It gives back how many messages it could not hand over, and counts them.
- what is handed over reaches every process that listens, usually once, usually in order.
- `listen` calls back on the event loop that called it, with all signals that came together, so that the listener may do for
  many at once what is dear for each; and after every reconnect it calls `restored`, because what was published meanwhile is
  gone and only the database knows it.

May import: msgspec and the standard library.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec


class Hint(msgspec.Struct, frozen=True, array_like=True, tag="h", gc=False):
    """Streams have grown. `body` is the entry at these positions when they are one event's, else None."""

    positions: list[tuple[int, str, int]]
    """(user id, epoch, seq) of every stream that received the entry."""
    body: bytes | None


class Ended(msgspec.Struct, frozen=True, array_like=True, tag="e", gc=False):
    """Logins have ended: their connections must close. `login_ids` None means all of the user's."""

    user_id: int
    login_ids: list[int] | None
    code: int


class Whisper(msgspec.Struct, frozen=True, array_like=True, tag="w", gc=False):
    """An ephemeral frame for users or for whoever watches a topic: no number, no promise."""

    user_ids: list[int]
    topic: str
    frame: bytes


Signal = Hint | Ended | Whisper
Deliver = Callable[[Sequence[Signal]], None]


class Bus(Protocol):
    """What `memory` and `redis` both are."""

    def publish(self, signals: Sequence[Signal]) -> int:
        """Hand signals over; the number of those that could not be."""

    async def listen(self, deliver: Deliver, restored: Callable[[], None]) -> None:
        """Start calling `deliver` with the signals that come. Returns once they do."""

    async def close(self) -> None:
        """Stop listening and let go of connections."""

    @property
    def healthy(self) -> bool:
        """False while signals are known not to arrive; the sweeper then works faster."""


_encode = msgspec.msgpack.Encoder().encode
_decoder: msgspec.msgpack.Decoder[Signal] = msgspec.msgpack.Decoder(Signal)


def to_wire(signal: Signal) -> bytes:
    """A signal as the bytes that cross processes (MessagePack)."""
    return _encode(signal)


def from_wire(wire: bytes) -> Signal:
    """A signal from its bytes.

    Raises:
        msgspec.DecodeError: these are no signal's bytes.
    """
    return _decoder.decode(wire)
