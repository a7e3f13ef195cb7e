"""When each handshake came to the gate of a server and how it was answered: `LAB_ARRIVALS=path`, as the server's own clock told.

A record is written at once, without a buffer, so that a server that is killed keeps nothing back.
"""

import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RECORD = struct.Struct("<d?")


@dataclass(frozen=True)
class Arrival:
    """One handshake."""

    at: float
    """`time.monotonic()`, which all processes of a machine share."""
    entered: bool


def note_arrivals(path: str) -> None:
    """Note every handshake from now on."""
    from streams.gateway.gate import Gate

    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    original = Gate.enter

    def enter(self: Gate, address: str) -> bool:
        entered = original(self, address)
        os.write(file, RECORD.pack(time.monotonic(), entered))
        return entered

    Gate.enter = enter  # type: ignore[method-assign]


def read_arrivals(path: Path) -> Iterator[Arrival]:
    """What was noted."""
    whole = path.read_bytes() if path.exists() else b""
    for at, entered in RECORD.iter_unpack(whole[: len(whole) // RECORD.size * RECORD.size]):
        yield Arrival(at, entered)
