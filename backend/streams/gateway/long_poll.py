"""The long poll: `GET /api/events/?after=<cursor>&wait=25`.

Answered at once when something is there, else as soon as something comes, else with nothing when the time is up. The same
delivery machine as on every door decides what "something" is; the first thing it gives ends the wait, and everything it gives
in that same turn of the event loop goes along. What does not fit into the write buffer stays for the next request.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from streams.conf import conf
from streams.delivery import Do, State
from streams.events import frame_of
from streams.protocol import CloseCode

from .http import Asked, HttpConnection, Problem, Send, answer, answer_problem, shared_headers
from .hub import Hub
from .poll import Answer

if TYPE_CHECKING:
    from streams.read import Position

PATIENCE = 5.0
"""Seconds that a read already under way may take longer than the client wanted to wait."""
_COME_AGAIN = frozenset({CloseCode.RESTART, CloseCode.EXPIRED, CloseCode.GOING_AWAY})
"""Ends that the client learns of best by asking again: an empty answer, then whatever the next question brings."""


class LongPoll(HttpConnection):
    """A connection that lives until it has something to say, or `wait` seconds."""

    __slots__ = ("_bytes", "_frames", "_ready", "_reset")
    door = "long_poll"

    def __init__(self, hub: Hub, asked: Asked) -> None:
        super().__init__(hub, asked)
        self._frames: list[bytes] = []
        self._bytes = 0
        self._reset: str | None = None
        self._ready = asyncio.Event()

    def write(self, frame: bytes) -> None:
        """Only entries and a reset end a poll; ephemeral frames are for doors that stay open."""

    def write_welcome(self, position: "Position", *, resumed: bool) -> None:
        """The answer's own cursor is the welcome."""
        self._ready.set()

    def write_entry(self, seq: int, body: bytes) -> None:
        frame = frame_of(seq, body)
        self._frames.append(frame)
        self._bytes += len(frame)
        self.hub.loop.call_soon(self.wake.set)
        if self._bytes > conf().WRITE_BUFFER:
            self.full()

    def _do(self, do: Do) -> None:
        if do is Do.RESET:
            self._reset = self.delivery.reason
            self.wake.set()
        elif do is Do.READ:
            self.hub.want(self)

    def _answer(self) -> Answer:
        return Answer(
            cursor=self.delivery.cursor,
            head=max(self.delivery.head, self.delivery.sent),
            more=self.delivery.sent < self.delivery.head,
            frames=self._frames,
            reset=self._reset,
        )

    async def carry(self, send: Send) -> None:
        await self._ready.wait()
        await self._news(self.asked.wait or 0.0)
        if self.delivery.state is State.READING and not self.closed:
            await self._news(PATIENCE)
        problem = self._problem()
        if problem is not None:
            await answer_problem(send, problem, self.asked.origin)
            return
        found = self._answer()
        self.lost()
        headers = [
            (b"content-type", b"application/json"),
            (b"stream-cursor", str(found.cursor).encode()),
            *shared_headers(self.asked.origin),
        ]
        await answer(send, 200, headers, found.encode())

    async def _news(self, within: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self.wake.wait()

    def _problem(self) -> Problem | None:
        if self.ended is None and self.delivery.state is State.READING and not self._frames:
            return Problem(503, "unavailable", "The database does not answer. Try again shortly.")
        return self.ended

    def close(self, code: int, reason: str = "") -> None:
        if self._ready.is_set() and code in _COME_AGAIN and not self.closed:
            self.lost()
            self.wake.set()
            return
        super().close(code, reason)
        self._ready.set()
