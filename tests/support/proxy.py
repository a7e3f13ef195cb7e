"""A TCP proxy between clients and a server that can do to bytes what networks do, and what bad proxies do.

with Proxy(server.port) as proxy:
    follower.urls = [proxy.ws_url + "/ws/"]
    proxy.reset()               # every connection is cut, with RST
    proxy.swallow = True        # bytes vanish, nobody is told
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self, TypeVar

T = TypeVar("T")
PIECE = 1_400
"""Bytes that travel at once, like a packet's."""
ROOM = 16_384
END = b"\r\n\r\n"
NOT_A_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 28\r\n\r\n<html>Please sign in.</html>"
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Proxy:
    """Listens on a port of its own, in a thread of its own. Its faults are attributes; they count from the moment they are set.

    Of several servers behind it they take turns, and who does not answer is passed over, as by a load balancer.
    """

    def __init__(self, *upstreams: int, cut_after: Callable[[], int | None] = lambda: None) -> None:
        self.upstreams = upstreams
        self.delay = 0.0
        """Seconds every byte is late, each way."""
        self.rate = 0.0
        """Bytes a second for each connection and way; 0 for no limit."""
        self.swallow = False
        """Bytes vanish."""
        self.answer: bytes | None = None
        """What every new connection is told instead of being carried; empty: it is cut at once."""
        self.twice = False
        """Whatever a new connection says is also said over a second one, as by a proxy that retries."""
        self.forbidden: tuple[bytes, ...] = ()
        """Whoever says one of these, in small letters, is answered 502 and cut: by `upgrade: websocket` a proxy knows a socket."""
        self.cut_after = cut_after
        """Asked by each new connection: after how many bytes from the server, its handshake not counted, it is cut."""
        self.accepted = 0
        self._turn = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._call(self._end())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Cut every connection now, on both sides, with RST."""
        self._call(self._cut_all())

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        self._server.close()
        await asyncio.sleep(0)  # who has just been accepted begins
        await self._cut_all()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _cut_all(self) -> None:
        for writer in tuple(self._open):
            _abort(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        self.accepted += 1
        try:
            if self.answer is not None:
                if self.answer:
                    await reader.readuntil(END)
                writer.write(self.answer)
                await writer.drain()
            else:
                await self._between(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # a cancelled one must end well, or asyncio's streams complain of it
        finally:
            self._tasks.discard(task)
            self._open.discard(writer)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        budget = self.cut_after()
        writers: list[asyncio.StreamWriter] = []
        tasks: list[asyncio.Task[None]] = []
        try:
            answers = await self._to_server(writers)
            tasks.append(asyncio.create_task(self._pump(answers, [writer], budget)))
            if self.twice:
                tasks.append(asyncio.create_task(_forget(await self._to_server(writers))))
            tasks.append(asyncio.create_task(self._pump(reader, writers, None, forbidden=writer)))
            await asyncio.wait((tasks[0], tasks[-1]), return_when="FIRST_COMPLETED")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for one in writers:
                self._open.discard(one)
                with contextlib.suppress(OSError, RuntimeError):
                    one.close()

    async def _to_server(self, writers: list[asyncio.StreamWriter]) -> asyncio.StreamReader:
        """One more connection, whose writer is put to the others. With little room, so that a slow client is felt by the server."""
        self._turn += 1
        for tried in range(len(self.upstreams)):
            connected = socket.socket()
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
            connected.setblocking(False)
            port = self.upstreams[(self._turn + tried) % len(self.upstreams)]
            try:
                await self._loop.sock_connect(connected, ("127.0.0.1", port))
            except OSError:
                connected.close()
                continue
            except asyncio.CancelledError:
                connected.close()
                raise
            reader, writer = await asyncio.open_connection(sock=connected, limit=ROOM)
            writers.append(writer)
            self._open.add(writer)
            return reader
        raise ConnectionRefusedError

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writers: list[asyncio.StreamWriter],
        budget: int | None,
        *,
        forbidden: asyncio.StreamWriter | None = None,
    ) -> None:
        if budget is not None:
            await self._send(await reader.readuntil(END), writers)
        while piece := await reader.read(PIECE):
            if forbidden is not None and self.forbidden and any(words in piece.lower() for words in self.forbidden):
                forbidden.write(BAD_GATEWAY)
                await forbidden.drain()
                return
            if budget is not None and len(piece) >= budget:
                await self._send(piece[:budget], writers)
                return
            if budget is not None:
                budget -= len(piece)
            await self._send(piece, writers)

    async def _send(self, piece: bytes, writers: list[asyncio.StreamWriter]) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.rate:
            await asyncio.sleep(len(piece) / self.rate)
        if self.swallow:
            return
        for writer in writers:
            writer.write(piece)
        waiting: list[Awaitable[None]] = [writer.drain() for writer in writers]
        await asyncio.gather(*waiting)


async def _forget(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass


def _abort(writer: asyncio.StreamWriter) -> None:
    connected = writer.get_extra_info("socket")
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
