"""A WebSocket client made of bytes, so that it can break every rule and need not read what it is sent."""

import asyncio
import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from tests.support.memory import resident

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\0\0\0\0"
"""All zero, so that payloads can be written as they are; a mask may be any four bytes (RFC 6455, 5.3)."""
TEXT, CONTINUATION, PING, CLOSE = 0x1, 0x0, 0x9, 0x8
END = b"\r\n\r\n"
STREAM, FRIENDS, NOTIFICATIONS = "/ws/", "/ws/friends/", "/ws/notifications/"


@dataclass(frozen=True)
class Target:
    """A server, and access tokens of people who may follow their streams there."""

    port: int
    tokens: tuple[str, ...]
    most: int = 1_000
    """Attackers at once, whatever the attack would like."""
    door: str = STREAM
    cookies: tuple[str, ...] = ()
    """Of the same people, for the door that takes nothing else."""

    def head(self, *lines: str, end: bool = True, number: int = 0) -> bytes:
        """A handshake; more header lines may be given. At the doors that know no hello it tells who comes."""
        address = self.door
        if self.door == STREAM:
            lines = ("Sec-WebSocket-Protocol: numeneon.v1", *lines)
        elif self.door == NOTIFICATIONS:
            address += f"?token={self.tokens[number % len(self.tokens)]}"
        else:
            lines = (f"Cookie: {self.cookies[number % len(self.cookies)]}", *lines)
        asked = [
            *(f"GET {address} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: Upgrade", "Upgrade: websocket"),
            *("Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", *lines),
        ]
        return "\r\n".join([*asked, "", ""] if end else [*asked, ""]).encode()


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0) -> bytes:
    """A client's frame."""
    first = (0x80 if final else 0) | reserved | opcode
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 0x10000:
        head = bytes((first, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, 0x80 | 127)) + size.to_bytes(8, "big")
    return head + MASK + payload


def text(**members: Any) -> bytes:
    """A text frame with this JSON object."""
    return frame(TEXT, json.dumps(members).encode())


class Refused(Exception):
    """The server closed instead of saying welcome; the close code is the only argument."""


class Wire:
    """One TCP connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, target: Target, *, receive_buffer: int = 0) -> Self:
        """Connect; a small receive buffer makes a client that does not read felt at once."""
        connected = socket.socket()
        if receive_buffer:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connected.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connected, ("127.0.0.1", target.port))
        return cls(*await asyncio.open_connection(sock=connected, limit=receive_buffer or 1 << 16))

    async def upgrade(self, target: Target, *lines: str, number: int = 0) -> bytes:
        """Make the handshake; the answer's head."""
        self.writer.write(target.head(*lines, number=number))
        return await asyncio.wait_for(self.reader.readuntil(END), 20)

    async def hello(self, token: str) -> None:
        """Sign in and wait for the welcome."""
        self.writer.write(text(type="hello", token=token))
        opcode, payload = await self.receive()
        if opcode == CLOSE:
            raise Refused(str(int.from_bytes(payload[:2], "big")))
        assert json.loads(payload)["type"] == "welcome", payload

    async def enter(self, target: Target, number: int) -> None:
        """Be let in as one of the people."""
        await self.upgrade(target, number=number)
        if target.door == STREAM:
            await self.hello(target.tokens[number % len(target.tokens)])

    async def receive(self, within: float = 20) -> tuple[int, bytes]:
        """The next frame."""
        async with asyncio.timeout(within):
            first, second = await self.reader.readexactly(2)
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return first & 0x0F, await self.reader.readexactly(size)

    async def ending(self, within: float = 20) -> str:
        """Read on to the end: the close code, `431` for such an answer, or `reset`, or `open` when it does not come."""
        try:
            while True:
                opcode, payload = await self.receive(within)
                if opcode == CLOSE:
                    return str(int.from_bytes(payload[:2], "big"))
        except TimeoutError:
            return "open"
        except (asyncio.IncompleteReadError, OSError):
            return "reset"

    async def pour(self, piece: bytes, *, most: int, pause: float = 0.0) -> str:
        """Write so many pieces and read nothing: how it ended, `closed` or `poured`."""
        try:
            for _ in range(most):
                if self.writer.is_closing() or self.reader.at_eof():
                    return "closed"
                self.writer.write(piece)
                async with asyncio.timeout(20):
                    await self.writer.drain()
                await asyncio.sleep(pause)
        except OSError:
            return "closed"
        except TimeoutError:
            return "stuck"
        return "poured"

    def drop(self) -> None:
        self.writer.transport.abort()


def people_tokens(people: Iterable[Any]) -> tuple[str, ...]:
    """Access tokens of a product's people."""
    return tuple(person.access for person in people)


def resident_kilobytes(pid: int) -> int:
    """Memory that the children of a process hold (a test's servers stand on a leash)."""
    return resident({pid})
