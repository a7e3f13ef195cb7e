"""The hot paths, each as work that can be repeated and counted. A path checks that it did what it is counted for.

What a figure is "per" stands in each docstring. Nothing here touches a database; what does is in tests/integration/guards.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest import mock

import hiredis

from streams.bus import Hint
from streams.bus import redis as redis_bus
from streams.bus.base import to_wire
from streams.bus.redis_listener import RedisListener
from streams.delivery import State
from streams.gateway.rounds import Rounds
from streams.read import Page, Position

from .counting import Figures, calls, cost, grown_bytes, instructions, peak_bytes
from .world import BODY, EPOCH, World, client_frame, delivered

MANY = 1_000
SOME = 100
PAGE = 300
PONG = client_frame(b'{"type":"pong"}')


def fan_out() -> Figures:
    """A delivery, of one event to a thousand users with a connection each."""
    with World() as world:
        connections = world.connect(MANY)
        hints = [Hint([], None)]

        def ready() -> None:
            hints[0] = world.next_hint(MANY)

        def work() -> None:
            world.hub.on_signals(hints)
            world.hub.delivered = 0

        found = cost(work, ready=ready, operations=MANY)
        assert delivered(connections, world.seq)
        return found


def unicast() -> Figures:
    """A delivery, of an event for one user, from the bytes that Redis sends to the bytes for the socket."""
    world = World()

    async def measure() -> Figures:
        listener = await _listener(world)
        wires = [b""]

        def ready() -> None:
            world.seq += 1
            hints = [Hint([(user, EPOCH, world.seq)], BODY) for user in range(1, SOME + 1)]
            words = [(b"message", b"huddl:bus:7", to_wire(hint)) for hint in hints]
            wires[0] = b"".join(hiredis.pack_command(message) for message in words)  # type: ignore[arg-type]

        def work() -> None:
            listener.data_received(wires[0])

        return cost(work, ready=ready, operations=SOME)

    with world:
        connections = world.connect(SOME)
        found = _in_loop(measure)
        assert delivered(connections, world.seq)
        return found


async def _listener(world: World) -> RedisListener:
    """The Redis bus' own listener, that has opened no socket."""
    found: list[RedisListener] = []

    class Deaf(RedisListener):
        async def open(self) -> None:
            found.append(self)

    bus = redis_bus.RedisBus(url="redis://127.0.0.1:1/0", prefix="huddl", buckets=64, timeout=0.1)
    with mock.patch.object(redis_bus, "RedisListener", Deaf):
        await bus.listen(world.hub.on_signals, lambda: None)
        await bus.close()
    return found[0]


def connect() -> Figures:
    """A connect, of a hundred in one batch: the bytes of the handshake and of hello come, welcome goes."""
    with World() as world:

        def batch(count: Callable[[Callable[[], None]], int]) -> float:
            first = len(world.connections) + 1
            dialled = [world.dialled() for _ in range(SOME)]

            def work() -> None:
                for number, (line, protocol) in enumerate(dialled):
                    world.greet(line, protocol, user_id=first + number)
                world.loop.run()

            found = count(work) / SOME
            world.take([line.protocol for line, _ in dialled])
            return found

        batch(calls)
        found = {"calls": batch(calls), "instructions": batch(instructions), "peak_bytes": batch(peak_bytes)}
        before = world.questions
        batch(calls)
        return found | {"questions": (world.questions - before) / SOME}


def heartbeat() -> Figures:
    """A connection's heartbeat: its share of a whole turn of the wheel with a thousand connections, the check included."""
    with World() as world:
        connections = world.connect(MANY)
        rounds: Rounds = world.hub.rounds

        def ready() -> None:
            for connection in connections:
                connection.pinged = False

        def work() -> None:
            for _ in rounds._slots:
                rounds._beat()
                for connection in connections:
                    connection.heard = True

        found = cost(work, ready=ready, operations=MANY)
        assert all(connection.pinged and not connection.closed for connection in connections)
        return found


def pong() -> Figures:
    """A pong that came: from its bytes to knowing that the client is there."""
    with World() as world:
        connections = world.connect(SOME)

        def ready() -> None:
            for connection in connections:
                connection.heard = False

        def work() -> None:
            for connection in connections:
                connection.data_received(PONG)

        found = cost(work, ready=ready, operations=SOME)
        assert all(connection.heard and not connection.closed for connection in connections)
        return found


def replay() -> Figures:
    """An entry of a full page that was read for a client that missed it, until it is on the socket."""
    with World() as world:
        (connection,) = world.connect(1)
        machine = connection.delivery
        pages: list[Page] = []

        def ready() -> None:
            head = machine.sent + PAGE
            connection.on_hint(EPOCH, head, None)
            bodies = [(machine.sent + number, bytes(bytearray(BODY))) for number in range(1, PAGE + 1)]
            pages[:] = [Page(Position(EPOCH, head, 0), bodies)]

        def work() -> None:
            connection.on_page(machine.read, pages[0])

        found = cost(work, ready=ready, operations=PAGE)
        assert machine.state is State.LIVE
        assert machine.sent == pages[0].position.head
        return found


def idle() -> Figures:
    """Python memory of a connection that has been welcomed and says nothing, transport and kernel not counted."""
    with World() as world:
        world.connect(10)
        dialled = [world.dialled() for _ in range(MANY)]
        lines = [line for line, _ in dialled]
        ids = list(range(100, 100 + MANY))

        def work() -> None:
            for user_id, line in zip(ids, lines, strict=True):
                # What read the handshake is let go of, as a server's event loop does.
                world.greet(*dialled.pop(0), user_id=user_id)
                assert line.protocol is not None
            world.loop.run()

        grown = grown_bytes(work)
        world.take([line.protocol for line in lines])
        return {"grown_bytes": grown / MANY}


PATHS: dict[str, Callable[[], Figures]] = {
    path.__name__: path for path in (fan_out, unicast, connect, heartbeat, pong, replay, idle)
}


def _in_loop(measure: Callable[[], Any]) -> Figures:
    loop = asyncio.new_event_loop()
    try:
        found: Figures = loop.run_until_complete(measure())
        return found
    finally:
        loop.close()
