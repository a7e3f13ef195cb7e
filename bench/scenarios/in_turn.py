"""In turn: one hint to N sockets by a C loop, by our fast door and by picows, one after the other in one process.

Rates of separate programs swing with the machine. Here the three take turns every few milliseconds over sockets of the same
process, so whatever else the machine does, it does to all of them; the ratio of their medians is steady where their
microseconds are not. The C loop sends one ready frame, and is the limit. Ours and picows' each decide with the delivery machine,
build every stream's own frame and send it.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "backend")]

import harness  # noqa: E402
from suite import machine  # noqa: E402
from suite.results import Row, save, say, spread, table  # noqa: E402
from suite.tools import Missing, c_library  # noqa: E402

BODY = (
    b'{"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted","from_user":{"id":7,"username":"maria"},'
    b'"text":"maria accepted your friend request","link":"/people/maria"}'
)
HANDSHAKE = (
    b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PAUSE = 0.003
Turn = Callable[[int], None]


def set_up() -> None:
    """Django, with data of its own in a temporary directory."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddl.settings")
    os.environ["HUDDL_DATA_DIR"] = tempfile.mkdtemp(prefix="bench-in-turn-")
    os.environ["DEBUG"] = "1"
    import django

    django.setup()


def readers(library: ctypes.CDLL, port: int, count: int) -> int:
    """A process that holds `count` connections to a port and reads; its pid."""
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, machine.OTHER_CORES)
        library.read_for_ever(port, count)
        os._exit(0)
    return pid


async def ours(library: ctypes.CDLL, count: int, pids: list[int]) -> tuple[Turn, Turn]:
    """The turns of the C loop and of the fast door, over the same sockets."""
    from streams.bus import Hint
    from streams.bus.base import from_wire, to_wire
    from streams.bus.memory import MemoryBus
    from streams.gateway.hub import Hub
    from streams.gateway.identity import Identity
    from streams.gateway.rfc6455 import entry_frame
    from streams.gateway.websocket_fast import FastConnection

    hub = Hub(MemoryBus())
    made: list[FastConnection] = []

    class Accept(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
            user = len(made) + 1
            one = FastConnection(hub, transport, session_key=None, address="")  # type: ignore[arg-type]
            transport.set_protocol(one)
            one.admitted(Identity(user, user, None))
            hub.by_user[user] = [one]
            one.delivery.located(epoch="bench", head=user * 7, floor=0, resume=None, reach=1)
            made.append(one)

    server = await asyncio.get_running_loop().create_server(Accept, "127.0.0.1", 0, backlog=4096)
    pids.append(readers(library, server.sockets[0].getsockname()[1], count))
    while len(made) < count or any(one.direct is None for one in made):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    sockets = (ctypes.c_int * count)(*[one._transport.get_extra_info("socket").fileno() for one in made])
    frame = entry_frame(1000, BODY)

    def limit(_turn: int) -> None:
        library.send_to_all(sockets, count, frame, len(frame))

    def fast_door(turn: int) -> None:
        wire = to_wire(Hint([(user, "bench", user * 7 + turn) for user in range(1, count + 1)], BODY))
        hub.on_signals([from_wire(wire)])

    return limit, fast_door


async def picows_door(library: ctypes.CDLL, count: int, pids: list[int]) -> Turn:
    """The turn of the same machine and the same two passes, over picows' protocol and its Cython `send`."""
    try:
        from picows import WSAutoPingStrategy, WSListener, WSMsgType, WSTransport
        from picows.picows import WSProtocol  # type: ignore[attr-defined]
    except ImportError:
        raise Missing("picows is not installed: uv pip install picows==2.3.1") from None
    from streams.bus import Hint
    from streams.bus.base import from_wire, to_wire
    from streams.delivery import Delivery, State

    made: list[Listener] = []
    quiet = logging.getLogger("bench.picows")
    quiet.setLevel(logging.CRITICAL)
    log = logging.LoggerAdapter(quiet)

    class Listener(WSListener):
        def on_ws_connected(self, transport: WSTransport) -> None:
            self.send = transport.send
            self.delivery = Delivery()
            user = len(made) + 1
            self.delivery.located(epoch="bench", head=user * 7, floor=0, resume=None, reach=1)
            made.append(self)

    class Accept(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            door = WSProtocol(
                None, None, False, lambda _request: Listener(), log, True, 5, False, 20, 20,
                WSAutoPingStrategy.PING_WHEN_IDLE, False, 16 * 1024, None, 1024,
            )  # fmt: skip
            door.connection_made(transport)
            room = door.get_buffer(len(HANDSHAKE))
            room[: len(HANDSHAKE)] = HANDSHAKE
            door.buffer_updated(len(HANDSHAKE))
            transport.set_protocol(door)

    server = await asyncio.get_running_loop().create_server(Accept, "127.0.0.1", 0, backlog=4096)
    pids.append(readers(library, server.sockets[0].getsockname()[1], count))
    while len(made) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    by_user = {user: [one] for user, one in enumerate(made, start=1)}
    live, text, tail = State.LIVE, WSMsgType.TEXT, b"," + BODY[1:]

    def turn_of(turn: int) -> None:
        wire = to_wire(Hint([(user, "bench", user * 7 + turn) for user in range(1, count + 1)], BODY))
        ready = []
        for user, epoch, seq in from_wire(wire).positions:  # type: ignore[union-attr]
            for one in by_user.get(user, ()):
                delivery = one.delivery
                if seq == delivery.sent + 1 and delivery.state is live and epoch == delivery.epoch:
                    delivery.sent = delivery.head = seq
                    ready.append((one.send, b'{"seq":%d%b' % (seq, tail)))
        for send, payload in ready:
            send(text, payload)

    return turn_of


async def measure(count: int, turns: int, skipped: dict[str, str]) -> list[Row]:
    """CPU µs a delivery of each, turn by turn."""
    library = ctypes.CDLL(str(c_library("in_turn")))
    pids: list[int] = []
    try:
        limit, fast_door = await ours(library, count, pids)
        candidates: dict[str, Turn] = {"C loop": limit, "numeneon": fast_door}
        try:
            candidates["picows"] = await picows_door(library, count, pids)
        except Missing as missing:
            skipped["picows"] = str(missing)
        os.sched_setaffinity(0, machine.SERVER_CORES)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        rows: list[Row] = []
        for turn in range(1, turns + 1):
            for name, take in candidates.items():
                before = time.process_time()
                take(turn)
                rows.append({"candidate": name, "turn": turn, "cpu_us": (time.process_time() - before) / count * 1e6})
                await asyncio.sleep(PAUSE)
        return rows
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)  # noqa: ASYNC222


def main() -> None:
    parser = harness.parser(__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=400)
    options = parser.parse_args()
    machine.raise_descriptor_limit()
    set_up()
    import uvloop

    skipped: dict[str, str] = {}
    rows = uvloop.run(measure(options.connections, options.turns, skipped))
    limit = statistics.median(row["cpu_us"] for row in rows if row["candidate"] == "C loop")
    summary: list[Row] = []
    for name in dict.fromkeys(row["candidate"] for row in rows):
        each = spread(row["cpu_us"] for row in rows if row["candidate"] == name)
        summary.append({"candidate": name, "cpu_us": each, "cpu_us_ratio": each["median"] / limit})
    shown = [{**row, "cpu_us": row["cpu_us"]["median"]} for row in summary]
    say(table(shown, {"candidate": "candidate", "cpu_us": "CPU µs/delivery", "cpu_us_ratio": "× C"}))
    path = save(
        f"in-turn-{options.connections}",
        about=__doc__ or "",
        rows=[],
        summary=summary,
        skipped=skipped,
        deliveries={},
        parameters={"connections": options.connections, "turns": options.turns},
        described=machine.describe(),
    )
    say(f"\n{path}")


if __name__ == "__main__":
    main()
