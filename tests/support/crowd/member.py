"""One client of a crowd: a socket, a cursor, and a log of what it applied in three arrays.

It reads frames itself. The program's round looks at deadlines once a second; a member has a timer only while it waits.
"""

import asyncio
import json
import random
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec

from tests.support.crowd.rules import STABLE, delay_after, verdict

if TYPE_CHECKING:
    from tests.support.crowd.program import Program

ANSWER_IN = 10.0
ACK_EVERY = 5.0
CUT = 1006
FULL = 4100
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HEAD = (
    "GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Protocol: numeneon.v1\r\n\r\n"
)
MASK = b"\0\0\0\0"
GOODBYE = b"\x88\x82" + MASK + (1000).to_bytes(2, "big")
BIND_ADDRESS_NO_PORT = 24
"""Linux's IP_BIND_ADDRESS_NO_PORT: the port is chosen with the destination, so that it may serve several."""


class Entry(msgspec.Struct):
    """What a member reads of an entry."""

    seq: int
    at: str
    key: str = ""


class Control(msgspec.Struct):
    """What a member reads of any other frame."""

    type: str
    cursor: str = ""
    head: int = 0
    heartbeat: float = 25.0
    resumed: bool = False
    reason: str = ""
    reconnect_in_ms: int = 0
    user: int = 0


_entry = msgspec.json.Decoder(Entry)
_control = msgspec.json.Decoder(Control)


def text(**members: object) -> bytes:
    """A client's text frame."""
    payload = json.dumps(members).encode()
    head = bytes((0x81, 0x80 | len(payload))) if len(payload) < 126 else b"\x81\xfe" + len(payload).to_bytes(2, "big")
    return head + MASK + payload


@dataclass
class Log:
    """What one member saw. An entry is a place in three arrays: its seq, its key's number, and when it was applied."""

    seqs: "array[int]" = field(default_factory=lambda: array("I"))
    keys: "array[int]" = field(default_factory=lambda: array("I"))
    at: "array[float]" = field(default_factory=lambda: array("d"))
    start: int = -1
    late: float = 0.0
    """Seconds from the recording of an entry to its application, the most there was."""
    dark: list[tuple[float, float]] = field(default_factory=list)
    """When it was not live: from, until."""
    codes: list[int] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    resets: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0
    stopped_by: int | None = None


class Wire(asyncio.Protocol):
    """One connection of a member. What an abandoned one still brings is not heard."""

    __slots__ = ("_member", "_transport")

    def __init__(self, member: "Member") -> None:
        self._member = member
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._member.made(self)

    def data_received(self, data: bytes) -> None:
        if self._member.wire is self:
            self._member.read(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._member.wire is self:
            self._member.ended(CUT)

    def send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """With a goodbye."""
        if self._transport is not None:
            self._transport.write(GOODBYE)
            self._transport.close()

    def abort(self) -> None:
        """Without one."""
        if self._transport is not None:
            self._transport.abort()


class Member:
    """A client. Calls come from the program's event loop only."""

    def __init__(self, program: "Program", number: int, user_id: int, token: str) -> None:
        self.program = program
        self.number = number
        self.user_id = user_id
        self.token = token
        self.log = Log()
        self.epoch = ""
        self.seq = -1
        self.live = False
        self.dice: Callable[[], float] = random.Random(program.seed * 1_000_003 + number).random
        self.attempts = 0
        self._turn = number
        self._port = 0
        self.wire: Wire | None = None
        self._opening: asyncio.Task[None] | None = None
        self._rest = b""
        self._upgraded = False
        self._welcomed_at: float | None = None
        self._expected: int | None = None
        self._syncing = False
        self._silence = ANSWER_IN
        self._dead_at = 0.0
        self._acked = -1
        self._acked_at = 0.0
        self._leave_at: float | None = None
        self._dark_since = 0.0

    # Connecting.

    def connect(self) -> None:
        """Try the next server."""
        now = time.monotonic()
        self._dark_since = self._dark_since or now
        self._port = self.program.ports[self._turn % len(self.program.ports)]
        self._turn += 1
        self._rest, self._upgraded, self._welcomed_at = b"", False, None
        self._syncing, self._leave_at, self._dead_at = False, None, now + ANSWER_IN
        self.program.attempts.append(now)
        ours = socket.socket()
        ours.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
        ours.bind((f"127.0.0.{2 + self.number % 8}", 0))
        ours.setblocking(False)
        self._opening = self.program.loop.create_task(self._open(ours))

    async def _open(self, ours: socket.socket) -> None:
        try:
            await self.program.loop.sock_connect(ours, ("127.0.0.1", self._port))
            await self.program.loop.create_connection(lambda: Wire(self), sock=ours)
        except OSError:
            ours.close()
            self.ended(CUT)
        except asyncio.CancelledError:
            ours.close()
            raise

    def made(self, wire: Wire) -> None:
        """A connection stands: ask for the stream."""
        self.wire = wire
        wire.send(HEAD.format(port=self._port).encode())

    def ended(self, code: int, *, retry_after: float = 0.0) -> None:
        """This connection is over: come back when the rules say so."""
        now = time.monotonic()
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()
        self.log.codes.append(code)
        self._darken(now)
        if verdict(code) == "stop":
            self.log.stopped_by = code
            return
        welcomed = self._welcomed_at is not None
        if self._welcomed_at is not None and now - self._welcomed_at >= STABLE:
            self.attempts = 0
        self.attempts += 1
        until = self._leave_at
        if until is None:
            random = self.program.random(self.dice)
            until = now + retry_after + delay_after(code, welcomed=welcomed, attempts=self.attempts, random=random)
        self.program.loop.call_later(max(0.0, until - now), self._come_back)

    def _come_back(self) -> None:
        if not self.program.ending:
            self.connect()

    def _leave(self, wire: Wire) -> None:
        """The time that `drain` told has come; unless the connection has ended before."""
        if self.wire is not wire:
            return
        self.wire = None
        wire.close()
        self._darken(time.monotonic())
        self._come_back()

    def _darken(self, now: float) -> None:
        if self.live:
            self.live, self._dark_since = False, now
            self.program.live -= 1

    def _lighten(self, now: float) -> None:
        if not self.live:
            self.live = True
            self.program.live += 1
            self.log.dark.append((self._dark_since, now))

    def cut(self) -> None:
        """End without a goodbye."""
        if self._opening is not None:
            self._opening.cancel()
        if self.wire is not None:
            self.wire.abort()

    # What comes.

    def read(self, data: bytes) -> None:
        """Bytes have come."""
        data = self._rest + data if self._rest else data
        at = 0
        if not self._upgraded:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if not self._answered(data[:end]):
                return
            at = end + 4
        size = len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            if size < start + length:
                break
            opcode, payload = data[at] & 0x0F, data[start : start + length]
            at = start + length
            self._frame(opcode, payload)
            if self.wire is None:
                return
        self._rest = data[at:]

    def _answered(self, head: bytes) -> bool:
        """What the server said to the handshake; whether it let us in."""
        status = head[9:12]
        if status == b"101":
            self._upgraded = True
            hello = {"type": "hello", "token": self.token}
            if self.epoch:
                hello["resume"] = f"{self.epoch}.{self.seq}"
            self._send(**hello)
            return True
        self.log.refused += 1
        _, _, after = head.lower().partition(b"retry-after:")
        seconds = float(after.split(b"\r\n")[0]) if after else 0.0
        self.program.refusals.append(time.monotonic())
        self.ended(FULL if status == b"503" else CUT, retry_after=seconds)
        return False

    def _frame(self, opcode: int, payload: bytes) -> None:
        now = time.monotonic()
        self._dead_at = now + self._silence
        if opcode == 0x8:
            self.ended(int.from_bytes(payload[:2], "big") if payload else 1005)
        elif payload.startswith(b'{"seq":'):
            self._apply(_entry.decode(payload), now)
        else:
            self._obey(_control.decode(payload), now)

    def _apply(self, entry: Entry, now: float) -> None:
        seq, log = entry.seq, self.log
        if self._expected is not None and seq != self._expected:
            log.wrongs.append(f"{seq} came where {self._expected} was due")
        self._expected = seq + 1
        if seq == self.seq + 1:
            self.seq = seq
            log.seqs.append(seq)
            log.keys.append(self.program.number_of(entry.key))
            log.at.append(now)
            log.late = max(log.late, time.time() - datetime.fromisoformat(entry.at).timestamp())
        elif seq > self.seq:
            self._sync()

    def _obey(self, frame: Control, now: float) -> None:
        if frame.type == "welcome":
            self._welcome(frame, now)
        elif frame.type == "caught_up":
            self._syncing = False
            if frame.cursor == f"{self.epoch}.{self.seq}":
                self._lighten(now)
            else:
                self._sync()
        elif frame.type == "reset":
            self.log.resets.append((frame.reason, frame.cursor))
            self._stand_at(frame.cursor)
            self._lighten(now)
        elif frame.type == "ping":
            self._send(type="pong")
            if frame.head > self.seq and self.live:
                self._sync()
        elif frame.type == "drain" and self.wire is not None:
            self._leave_at = now + frame.reconnect_in_ms / 1000
            self.program.slots.append(frame.reconnect_in_ms)
            self.program.loop.call_later(frame.reconnect_in_ms / 1000, self._leave, self.wire)

    def _welcome(self, frame: Control, now: float) -> None:
        self._welcomed_at = now
        self._silence = frame.heartbeat + ANSWER_IN
        if frame.user != self.user_id:
            self.log.wrongs.append(f"welcomed as {frame.user}")
        if not self.epoch:
            self._stand_at(frame.cursor)
            self.log.start = self.seq
            self._lighten(now)
        elif frame.resumed:
            self._expected = self.seq + 1

    def _stand_at(self, cursor: str) -> None:
        self.epoch, _, seq = cursor.rpartition(".")
        self.seq = int(seq)
        self._expected, self._syncing = self.seq + 1, False

    # What goes.

    def _sync(self) -> None:
        if not self._syncing:
            self._syncing, self._expected = True, self.seq + 1
            self._send(type="sync", after=f"{self.epoch}.{self.seq}")

    def _send(self, **members: object) -> None:
        if self.wire is not None:
            self.wire.send(text(**members))

    def look(self, now: float) -> None:
        """Once a second: acknowledge, and give up what has been silent too long."""
        if self.wire is None:
            return
        if now >= self._dead_at:
            self.ended(CUT)
        elif self.live and self.seq > max(self._acked, self.log.start) and now - self._acked_at >= ACK_EVERY:
            self._acked, self._acked_at = self.seq, now
            self._send(type="ack", seq=self.seq)
