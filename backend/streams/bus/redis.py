"""The bus between processes, on Redis pub/sub.

Users are spread over a fixed number of Redis channels ("buckets"), so a hint for 5,000 people is a few dozen commands in one
pipeline instead of 5,000. Publishing uses redis-py's pooled synchronous client: views are synchronous, and an event loop
opened for one publish costs ten milliseconds. A circuit breaker keeps a dead Redis from slowing more than the first request.
Listening is a protocol of our own on hiredis, because at tens of thousands of hints a second the reader is the cost.
"""

import asyncio
import logging
import threading
import time
import zlib
from collections.abc import Callable, Sequence

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from streams.metrics import BUS_LOST, BUS_PUBLISHED, BUS_RECONNECTS

from .base import Deliver, Ended, Hint, Signal, Whisper, from_wire, to_wire
from .redis_listener import RedisListener

log = logging.getLogger("streams.bus")

REST = 1.0
"""Seconds between looks at a Redis that failed. A thread of its own looks: no request pays for finding it still dead."""
SLOW = 0.1
SLOW_IN_A_ROW = 3
"""So many publishes that each took this many seconds are enough: a Redis that answers every one of them just in time would
slow every request, and never time out."""
PATIENCE = 3.0
"""Seconds of silence, pings included, after which a listening connection is taken for dead. A process that only carries
sockets learns in no other way that Redis stands still, and until then it sweeps at its leisure."""


class RedisBus:
    """Signals to every process that listens on the same Redis and prefix."""

    def __init__(self, *, url: str, prefix: str, buckets: int, timeout: float) -> None:
        self._url = url
        self._channels = [f"{prefix}:bus:{number}" for number in range(buckets)]
        self._client = redis.Redis.from_url(
            url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
        )
        self._timeout = timeout
        self._lock = threading.Lock()
        self._broken = False
        self._slow = 0
        self._closing = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._listening = False

    # Publishing

    def publish(self, signals: Sequence[Signal]) -> int:
        messages = [message for signal in signals for message in self._spread(signal)]
        if not messages:
            return 0
        if self._broken:
            BUS_LOST.inc(len(messages))
            return len(messages)
        began = time.monotonic()
        try:
            self._send(messages)
        except (redis.RedisError, OSError) as error:
            self._break()
            BUS_LOST.inc(len(messages))
            log.warning("bus_publish_failed", extra={"error": type(error).__name__, "messages": len(messages)})
            return len(messages)
        BUS_PUBLISHED.inc(len(messages))
        self._mind(time.monotonic() - began)
        return 0

    def _send(self, messages: list[tuple[str, bytes]]) -> None:
        if len(messages) == 1:
            self._client.publish(*messages[0])
            return
        pipeline = self._client.pipeline(transaction=False)
        for channel, wire in messages:
            pipeline.publish(channel, wire)
        pipeline.execute()

    def _mind(self, took: float) -> None:
        """How long a publish took that went well."""
        self._slow = 0 if took < SLOW else self._slow + 1
        if took > self._timeout or self._slow >= SLOW_IN_A_ROW:
            self._break()
            log.warning("bus_slow", extra={"seconds": round(took, 3)})

    def _break(self) -> None:
        """Publish nothing until Redis answers again, and promptly."""
        with self._lock:
            if self._broken:
                return
            self._broken = True
        self._closing.clear()
        threading.Thread(target=self._await_redis, name="bus breaker", daemon=True).start()

    def _await_redis(self) -> None:
        while not self._closing.wait(REST):
            began = time.monotonic()
            try:
                self._client.ping()
            except (redis.RedisError, OSError):
                continue
            if time.monotonic() - began < SLOW:
                break
        self._slow = 0
        self._broken = False

    def channel_of(self, user_id: int) -> str:
        """The Redis channel on which a user's signals travel."""
        return self._channels[user_id % len(self._channels)]

    def _spread(self, signal: Signal) -> list[tuple[str, bytes]]:
        if isinstance(signal, Hint):
            if len(signal.positions) == 1:
                return [(self.channel_of(signal.positions[0][0]), to_wire(signal))]
            parts: dict[str, list[tuple[int, str, int]]] = {}
            for position in signal.positions:
                parts.setdefault(self.channel_of(position[0]), []).append(position)
            return [(channel, to_wire(Hint(positions, signal.body))) for channel, positions in parts.items()]
        if isinstance(signal, Ended):
            return [(self.channel_of(signal.user_id), to_wire(signal))]
        if signal.topic:
            bucket = zlib.crc32(signal.topic.encode()) % len(self._channels)
            return [(self._channels[bucket], to_wire(signal))]
        people: dict[str, list[int]] = {}
        for user_id in signal.user_ids:
            people.setdefault(self.channel_of(user_id), []).append(user_id)
        return [(channel, to_wire(Whisper(ids, "", signal.frame))) for channel, ids in people.items()]

    # Listening

    async def listen(self, deliver: Deliver, restored: Callable[[], None]) -> None:
        first = asyncio.Event()
        self._task = asyncio.create_task(self._keep_listening(deliver, restored, first), name="bus listener")
        # A Redis that is down at start must not keep the gateway from starting: the sweeper delivers meanwhile.
        subscribed = asyncio.create_task(first.wait())
        await asyncio.wait({subscribed, self._task}, timeout=2, return_when="FIRST_COMPLETED")
        subscribed.cancel()

    async def _keep_listening(self, deliver: Deliver, restored: Callable[[], None], first: asyncio.Event) -> None:
        def receive(wires: list[bytes]) -> None:
            signals: list[Signal] = []
            for wire in wires:
                try:
                    signals.append(from_wire(wire))
                except msgspec.DecodeError:
                    log.warning("bus_foreign_message", extra={"size": len(wire)})
            deliver(signals)

        pause = 0.1
        while True:
            listener = RedisListener(self._url, self._channels, receive, patience=PATIENCE)
            try:
                await listener.open()
                self._listening, pause = True, 0.1
                first.set()
                restored()
                await listener.closed
            except (OSError, redis.RedisError, TimeoutError) as error:
                log.warning("bus_unreachable", extra={"error": type(error).__name__})
            finally:
                self._listening = False
                listener.abort()
            BUS_RECONNECTS.inc()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._closing.set()

    @property
    def healthy(self) -> bool:
        return self._listening and not self._broken
