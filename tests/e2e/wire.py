"""The way between a browser and the product: a proxy that can refuse sockets, hold answers back, or be cut.

What offices, hotels and trains do to a connection happens here, outside of the browser, so that the page meets it as it
would meet the real thing: a handshake that is refused, an answer that never comes, a connection that is reset.
"""

import contextlib
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Literal

Kind = Literal["socket", "sse", "long_poll", "poll", "other"]
EVENTS = b"/api/events/"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def kind_of(head: bytes) -> Kind:
    """Which door a request knocks at."""
    target = head.split(b" ", 2)[1]
    lowered = head.lower()
    if b"\r\nupgrade: websocket" in lowered:
        return "socket"
    if not target.startswith(EVENTS):
        return "other"
    if b"\r\naccept: text/event-stream" in lowered:
        return "sse"
    return "long_poll" if b"wait=" in target else "poll"


class Wire:
    """A proxy in front of one server. `seen` counts what was let through, `refused` what was not."""

    def __init__(self, port: int, *, refuses: Iterable[Kind] = (), holds: Iterable[Kind] = ()) -> None:
        self.upstream = port
        self.refuses = set(refuses)
        self.holds = set(holds)
        self.seen: Counter[Kind] = Counter()
        self.refused: Counter[Kind] = Counter()
        self.is_cut = False
        self._open: dict[socket.socket, Kind] = {}
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open_now(self, kind: Kind) -> int:
        """How many connections of this kind stand."""
        with self._lock:
            return sum(1 for one in self._open.values() if one == kind)

    def cut(self) -> None:
        """Reset every connection, and each new one, until `mend()`."""
        self.is_cut = True
        self.break_off()

    def break_off(self, kind: Kind | None = None) -> None:
        """Reset the connections that stand, of one kind or all."""
        with self._lock:
            found = [one for one, its in self._open.items() if kind in (None, its)]
        for one in found:
            _reset(one)

    def mend(self) -> None:
        self.is_cut = False

    def await_open(self, kind: Kind, *, within: float = 20) -> None:
        """Wait until a connection of this kind stands."""
        deadline = time.monotonic() + within
        while not self.open_now(kind):
            assert time.monotonic() < deadline, f"no {kind} within {within} s; seen {dict(self.seen)}"
            time.sleep(0.02)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = _read_head(client)
            if not head:
                return
            kind = kind_of(head)
            if self.is_cut:
                _reset(client)
                return
            if kind in self.refuses:
                self.refused[kind] += 1
                client.sendall(REFUSAL)
                return
            self.seen[kind] += 1
            self._relay(client, head, kind)

    def _relay(self, client: socket.socket, head: bytes, kind: Kind) -> None:
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=20) as server:
            server.settimeout(None)
            with self._lock:
                self._open[client] = kind
            try:
                server.sendall(head if kind == "socket" else _single(head))
                threading.Thread(target=_pump, args=(client, server), daemon=True).start()
                _pump(server, client, hold=kind in self.holds)
            finally:
                with self._lock:
                    self._open.pop(client, None)


def _read_head(client: socket.socket) -> bytes:
    """The head of the first request and whatever of its body came along."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = client.recv(65536)
        if not part:
            return b""
        head += part
    return head


def _single(head: bytes) -> bytes:
    """One request a connection: the next one may be of another kind."""
    return re.sub(rb"(?i)\r\nconnection: [^\r]*", b"\r\nConnection: close", head, count=1)


def _pump(source: socket.socket, sink: socket.socket, *, hold: bool = False) -> None:
    """Carry bytes one way until either end is closed; `hold` keeps them as a buffering proxy does."""
    kept = b""
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            if hold:
                kept += part
            else:
                sink.sendall(part)
        if kept:
            sink.sendall(kept)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _reset(connection: socket.socket) -> None:
    """RST, not FIN: nobody said goodbye."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
