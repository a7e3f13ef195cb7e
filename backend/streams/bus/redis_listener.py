"""One subscribed connection to Redis, as thin as it can be: bytes in, hiredis, callback.

redis-py's own listener builds a dictionary and wakes a coroutine for each message; here a message costs the parser, and those
that came together are handed on together. Silence is death: Redis is pinged while nothing comes, and a connection that stays
silent is closed.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from typing import Any, cast

import hiredis
import redis
from redis.connection import parse_url

SLICE = 8 * 1024
"""Bytes that the parser is given at once. It moves what is left to the front after every kilobyte that it has understood."""


class RedisListener(asyncio.Protocol):
    """Calls `receive` with the messages that come on the given channels, from `open()` until `closed` is done."""

    def __init__(
        self, url: str, channels: Sequence[str], receive: Callable[[list[bytes]], None], *, patience: float
    ) -> None:
        self._where: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
        self._channels = channels
        self._receive = receive
        self._patience = patience
        self._reader = hiredis.Reader()
        self._transport: asyncio.WriteTransport | None = None
        self._missing = len(channels)
        loop = asyncio.get_running_loop()
        self._subscribed: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._heard = loop.time()
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Connect, sign in and subscribe.

        Raises:
            OSError: nothing answers there.
            TimeoutError: something answers, but not within two seconds.
            redis.RedisError: Redis refuses.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(2):
            if "path" in self._where:
                await loop.create_unix_connection(lambda: self, self._where["path"])
            else:
                secure = issubclass(self._where.get("connection_class", object), redis.SSLConnection)
                await loop.create_connection(
                    lambda: self,
                    self._where.get("host", "localhost"),
                    self._where.get("port", 6379),
                    ssl=ssl.create_default_context() if secure else None,
                )
            await self._subscribed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports derive from none of asyncio's classes.
        self._transport = cast("asyncio.WriteTransport", transport)
        password, username = self._where.get("password"), self._where.get("username")
        if password:
            self._say("AUTH", *([username] if username else []), password)
        self._say("SUBSCRIBE", *self._channels)
        self._watch()

    def _say(self, *words: str) -> None:
        assert self._transport is not None  # noqa: S101
        self._transport.write(hiredis.pack_command(words))  # type: ignore[arg-type]

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        silent = loop.time() - self._heard
        if silent > self._patience:
            self.abort()
            return
        if silent > self._patience / 3:
            self._say("PING")
        self._timer = loop.call_later(self._patience / 3, self._watch)

    def data_received(self, data: bytes) -> None:
        self._heard = asyncio.get_running_loop().time()
        reader = self._reader
        messages: list[bytes] = []
        for start in range(0, len(data), SLICE):
            reader.feed(data, start, min(SLICE, len(data) - start))
            while (reply := reader.gets()) is not False:
                if type(reply) is list and reply[0] == b"message":
                    messages.append(reply[2])
                else:
                    self._answer(reply)
        if messages:
            self._receive(messages)

    def _answer(self, reply: object) -> None:
        if isinstance(reply, hiredis.ReplyError):
            if not self._subscribed.done():
                self._subscribed.set_exception(redis.ResponseError(str(reply)))
            self.abort()
        elif isinstance(reply, list) and reply[0] == b"subscribe":
            self._missing -= 1
            if not self._missing and not self._subscribed.done():
                self._subscribed.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._subscribed.done():
            self._subscribed.set_exception(error or ConnectionResetError("Redis closed the connection"))
        if not self.closed.done():
            self.closed.set_result(None)

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()
