"""A follower of a stream for tests: it keeps every frame as it came, and judges afterwards.

It repairs nothing and drops nothing, unlike the real client: a test wants to see the duplicate and the hole.
Blocking, with a thread that reads, so that it serves plain tests, asynchronous ones and tests that drive browsers.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

Frame = dict[str, Any]
SUBPROTOCOL = "numeneon.v1"


class Silent(AssertionError):
    """The frames a test waits for did not come in time."""


class StreamClient:
    """One connection to a door, with everything it was sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.close_code: int | None = None
        self.close_reason = ""
        self.closed_at = 0.0
        """When it ended, by the monotonic clock."""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        cookie: str | None = None,
        origin: str | None = None,
        subprotocol: str | None = SUBPROTOCOL,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Open the WebSocket and say nothing yet."""
        sent = dict(headers or {})
        if cookie is not None:
            sent["Cookie"] = cookie
        options: dict[str, Any] = {"subprotocols": [subprotocol]} if subprotocol else {}
        opening = connect(
            url,
            origin=origin,  # type: ignore[arg-type]
            additional_headers=sent,
            compression=None,
            ping_interval=None,
            max_size=None,
            proxy=None,
            open_timeout=10,
            close_timeout=2,
            **options,
        )
        return cls(opening.__enter__())  # left by `close`, maybe in another function

    @classmethod
    def open(cls, url: str, *, token: str | None = None, resume: str | None = None, **options: Any) -> Self:
        """Connect, say hello and wait for the welcome."""
        client = cls.connect(url, **options)
        hello: Frame = {"type": "hello"}
        if token is not None:
            hello["token"] = token
        if resume is not None:
            hello["resume"] = resume
        client.send(hello)
        client.await_type("welcome")
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, frame: Frame) -> None:
        """Send one JSON frame."""
        self.connection.send(json.dumps(frame))

    def send_raw(self, data: str | bytes) -> None:
        """Send whatever bytes or text, well-formed or not."""
        self.connection.send(data)

    def close(self) -> None:
        self.connection.close()
        self._reader.join(5)

    def drop(self) -> None:
        """Cut the connection without a closing handshake, as a train into a tunnel does."""
        self.connection.socket.close()
        self._reader.join(5)

    # What came.

    @property
    def entries(self) -> list[Frame]:
        """The frames that carry a `seq`, in the order they came."""
        return [frame for frame in list(self.frames) if "seq" in frame]

    @property
    def seqs(self) -> list[int]:
        return [entry["seq"] for entry in self.entries]

    def of_type(self, name: str) -> list[Frame]:
        return [frame for frame in list(self.frames) if frame.get("type") == name]

    @property
    def welcome(self) -> Frame:
        return self.of_type("welcome")[0]

    # Waiting, always for a condition.

    def await_frames(self, condition: Callable[[], object], *, within: float = 10, about: str = "frames") -> None:
        """Return when `condition()` holds; raise Silent after `within` seconds or when the connection ends before."""
        with self._changed:
            held = self._changed.wait_for(lambda: condition() or self.close_code is not None, within)
            if held and condition():
                return
        ended = "" if self.close_code is None else f", closed with {self.close_code} {self.close_reason}"
        raise Silent(f"not within {within} s: {about}{ended}; the last of {len(self.frames)}: {self.frames[-5:]}")

    def await_type(self, name: str, *, within: float = 10, count: int = 1) -> Frame:
        """Wait for the `count`-th frame of this type and return it."""
        self.await_frames(lambda: len(self.of_type(name)) >= count, within=within, about=f"{count} × {name}")
        return self.of_type(name)[count - 1]

    def await_entries(self, count: int, *, within: float = 10) -> list[Frame]:
        """Wait until at least `count` entries have come and return all."""
        self.await_frames(lambda: len(self.entries) >= count, within=within, about=f"{count} entries")
        return self.entries

    def await_seq(self, seq: int, *, within: float = 10) -> list[Frame]:
        """Wait until the entry `seq` has come and return all entries."""
        self.await_frames(lambda: seq in self.seqs, within=within, about=f"entry {seq}")
        return self.entries

    def await_close(self, *, within: float = 10) -> int:
        """Wait for the server to end the connection and return its close code (1006 when there was none)."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.close_code is not None, within):
                raise Silent(f"still open after {within} s; the last frames: {self.frames[-5:]}")
        if self.close_code is None:
            raise AssertionError("unreachable")
        return self.close_code

    # Judging.

    def assert_gapless(self, *, after: int, until: int | None = None) -> None:
        """Assert that the entries are exactly after+1, after+2, … in order, each once."""
        last = until if until is not None else (self.seqs[-1] if self.seqs else after)
        assert self.seqs == list(range(after + 1, last + 1)), explain(self.seqs, after, last)

    def _read(self) -> None:
        try:
            for text in self.connection:
                frame = json.loads(text)
                with self._changed:
                    self.frames.append(frame)
                    self._changed.notify_all()
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._changed:
                self.closed_at = time.monotonic()
                code = self.connection.close_code
                self.close_code = 1006 if code is None else code
                self.close_reason = self.connection.close_reason or ""
                self._changed.notify_all()


def explain(seqs: list[int], after: int, last: int) -> str:
    """Say what is wrong with a list of seqs: what is lost, repeated or out of order."""
    lost = sorted(set(range(after + 1, last + 1)) - set(seqs))
    repeated = sorted({seq for seq in seqs if seqs.count(seq) > 1})
    phantom = sorted(seq for seq in set(seqs) if not after < seq <= last)
    disorder = [(one, two) for one, two in itertools.pairwise(seqs) if two < one]
    return f"lost {lost[:20]}, repeated {repeated[:20]}, phantom {phantom[:20]}, out of order {disorder[:10]}"
