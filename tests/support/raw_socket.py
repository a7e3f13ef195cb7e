"""A WebSocket by hand: every byte is the test's own, so that a test can send what no library would."""

import base64
import os
import socket
import struct
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from streams.gateway.rfc6455 import unmask

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def client_frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """A masked frame."""
    size, mask = len(payload), os.urandom(4)
    head = bytes([(0x80 if final else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 0x10000:
        head += b"\xfe" + size.to_bytes(2, "big")
    else:
        head += b"\xff" + size.to_bytes(8, "big")
    return head + mask + unmask(payload, mask)


class RawSocket:
    """A TCP connection that has, or has not, been upgraded."""

    def __init__(self, url: str, *, receive_buffer: int | None = None) -> None:
        self.place = urlsplit(url)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect((self.place.hostname, self.place.port))
        self.rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def upgrade(self, **headers: str) -> bytes:
        """Make the handshake; the status line of the answer."""
        lines = {
            "Host": self.place.netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "numeneon.v1",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        query = f"?{self.place.query}" if self.place.query else ""
        self.send(f"GET {self.place.path or '/'}{query} HTTP/1.1\r\n{head}\r\n".encode())
        return self.head().split(b"\r\n")[0]

    def head(self) -> bytes:
        """Read up to the end of a response's head."""
        while b"\r\n\r\n" not in self.rest:
            data = self.socket.recv(65_536)
            if not data:
                break
            self.rest += data
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head

    def frame(self) -> tuple[int, bytes] | None:
        """The next frame; None when the server has ended the connection."""
        while True:
            parsed = self._parse()
            if parsed is not None:
                return parsed
            try:
                data = self.socket.recv(65_536)
            except ConnectionResetError:
                return None
            if not data:
                return None
            self.rest += data

    def _parse(self) -> tuple[int, bytes] | None:
        rest = self.rest
        if len(rest) < 2:
            return None
        size, start = rest[1] & 0x7F, 2
        if size >= 126:
            start += 2 if size == 126 else 8
            if len(rest) < start:
                return None
            size = int.from_bytes(rest[2:start], "big")
        if len(rest) < start + size:
            return None
        self.rest = rest[start + size :]
        return rest[0] & 0x0F, rest[start : start + size]

    def until_close(self) -> int:
        """Read to the end; the close code, 1006 when there was none."""
        while (frame := self.frame()) is not None:
            if frame[0] == CLOSE:
                return int.from_bytes(frame[1][:2], "big") if frame[1] else 1005
        return 1006

    def await_end(self, within: float) -> float:
        """Wait for the server to end the TCP connection, reading nothing but its end; seconds it took."""
        began = time.monotonic()
        self.socket.settimeout(within)
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        return time.monotonic() - began

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
