"""A client for chaos: it follows one stream through whatever happens, resumes by its cursor, and logs each thing it applies.

It keeps the rules of protocol/README.md with shorter waits than a browser's, so that a test sees healing in seconds. Besides
what it applies it notes what the server did wrong on one connection: an entry twice, out of order or after a hole.
"""

import contextlib
import itertools
import json
import random
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import InvalidHandshake, InvalidMessage, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.support.processes import await_condition

RETRY = (0.05, 0.4)
"""Seconds between connections, drawn at random."""


@dataclass(frozen=True)
class Applied:
    """One call of the application's handler."""

    seq: int
    key: str
    at: float
    entry: dict[str, Any]

    def is_of(self, body: Mapping[str, object]) -> bool:
        """Whether it was the entry that the table has in this place."""
        return body == {name: value for name, value in self.entry.items() if name != "seq"}


class Follower:
    """Follows the stream of one person over `urls`, taking the next of them after each loss."""

    def __init__(
        self,
        *,
        user_id: int,
        token: str,
        urls: Sequence[str],
        resume: str | None = None,
        patience: float = 6,
        seed: int = 0,
    ) -> None:
        self.user_id = user_id
        self.token = token
        self.urls = list(urls)
        self.cursor = resume
        self.patience = patience
        self.applied: list[Applied] = []
        self.start: int | None = None if resume is None else int(resume.rpartition(".")[2])
        self.resets: list[tuple[str, str]] = []
        self._reset_at = 0
        self.wrongs: list[str] = []
        self.codes: list[int] = []
        self.connects = 0
        self.live_since: float | None = None
        self.stopped_by: int | None = None
        self._dice = random.Random(seed or user_id)
        self._ending = threading.Event()
        self._socket: socket.socket | None = None
        """From before it is connected, so that whoever waits for a server in vain can be cut as well."""
        self._thread = threading.Thread(target=self._follow, daemon=True, name=f"follower {user_id}")

    # For tests.

    def begin(self) -> "Follower":
        """Start, and return once the first welcome has come."""
        self._thread.start()
        await_condition(lambda: self.start is not None, within=15, about=f"{self} is welcomed")
        return self

    @property
    def seq(self) -> int:
        return -1 if self.cursor is None else int(self.cursor.rpartition(".")[2])

    @property
    def since_reset(self) -> list[Applied]:
        """What was applied after the last snapshot but the first; everything when there was none."""
        return self.applied[self._reset_at :]

    @property
    def seqs(self) -> list[int]:
        return [one.seq for one in self.applied]

    def await_seq(self, seq: int, *, within: float) -> float:
        """Wait until everything up to `seq` is applied; seconds it took."""
        began = time.monotonic()
        await_condition(
            lambda: self.seq >= seq, within=within, about=f"{self} at {self.cursor} reaches {seq}, {self.codes[-5:]}"
        )
        return time.monotonic() - began

    def cut(self) -> None:
        """Lose the connection without a goodbye."""
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self._ending.set()
        self.cut()
        if self._thread.ident is not None:
            self._thread.join(10)

    def worst_silence(self, since: float, until: float) -> float:
        """The longest time without an applied entry in that span: the blackout as the user saw it."""
        moments = [since, *(one.at for one in self.applied if since <= one.at <= until), until]
        return max(after - before for before, after in itertools.pairwise(moments))

    def __str__(self) -> str:
        return f"follower of {self.user_id}"

    # Following.

    def _follow(self) -> None:
        for url in itertools.cycle(self.urls):
            if self._ending.is_set() or self.stopped_by is not None:
                return
            try:
                with connect(
                    url,
                    sock=self._connected(url),
                    subprotocols=["numeneon.v1"],  # type: ignore[list-item]
                    compression=None,
                    ping_interval=None,
                    proxy=None,
                    max_size=None,
                    open_timeout=self.patience,
                    close_timeout=0.1,
                ) as connection:
                    try:
                        self._converse(connection)
                    finally:
                        self._note_close(connection)
            except (OSError, EOFError, InvalidHandshake, InvalidMessage, WebSocketException, TimeoutError):
                pass
            finally:
                if self._socket is not None:
                    self._socket.close()
                self._socket = None
                self.live_since = None
            self._ending.wait(self._dice.uniform(*RETRY))

    def _connected(self, url: str) -> socket.socket:
        place = urlsplit(url)
        self._socket = socket.socket()
        self._socket.settimeout(self.patience)
        if self._ending.is_set():
            raise ConnectionAbortedError
        self._socket.connect((place.hostname, place.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _note_close(self, connection: ClientConnection) -> None:
        code = connection.protocol.close_rcvd.code if connection.protocol.close_rcvd else 1006
        self.codes.append(code)
        if 4000 <= code < 4100:
            self.stopped_by = code

    def _converse(self, connection: ClientConnection) -> None:
        self.connects += 1
        hello: dict[str, Any] = {"type": "hello", "token": self.token}
        if self.cursor is not None:
            hello["resume"] = self.cursor
        connection.send(json.dumps(hello))
        place = _Place(self)
        while not self._ending.is_set():
            frame = json.loads(connection.recv(self.patience))
            answer = place.take(frame)
            if answer is not None:
                connection.send(json.dumps(answer))


class _Place:
    """Where one connection stands: what the server must send next, and what the application has."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.expected: int | None = None
        self.syncing = False

    def take(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        if "seq" in frame:
            return self._entry(frame)
        take = getattr(self, f"_{frame['type']}", None)
        answer: dict[str, Any] | None = take(frame) if take else None
        return answer

    def _entry(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        follower, seq = self.follower, frame["seq"]
        if self.expected is not None and seq != self.expected:
            follower.wrongs.append(f"connection {follower.connects}: {seq} came where {self.expected} was due")
        self.expected = seq + 1
        if seq == follower.seq + 1:
            follower.applied.append(Applied(seq, str(frame.get("key")), time.monotonic(), frame))
            assert follower.cursor is not None
            follower.cursor = f"{follower.cursor.rpartition('.')[0]}.{seq}"
        elif seq > follower.seq:
            return self._sync()
        return None

    def _sync(self) -> dict[str, Any] | None:
        if self.syncing:
            return None
        self.syncing = True
        self.expected = self.follower.seq + 1
        return {"type": "sync", "after": self.follower.cursor}

    def _welcome(self, frame: dict[str, Any]) -> None:
        follower = self.follower
        if frame["user"] != follower.user_id:
            follower.wrongs.append(f"welcomed as {frame['user']}")
        if follower.cursor is None:
            follower.cursor = frame["cursor"]
            follower.start = follower.seq
        self.expected = follower.seq + 1 if frame["resumed"] or follower.cursor == frame["cursor"] else None

    def _caught_up(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        self.syncing = False
        self.follower.live_since = time.monotonic()
        if frame["cursor"] != self.follower.cursor:
            return self._sync()
        return None

    def _reset(self, frame: dict[str, Any]) -> None:
        follower = self.follower
        follower.resets.append((frame["reason"], frame["cursor"]))
        follower._reset_at = len(follower.applied)
        follower.cursor = frame["cursor"]
        self.expected, self.syncing = follower.seq + 1, False

    def _ping(self, frame: dict[str, Any]) -> dict[str, Any]:
        return {"type": "pong"}
