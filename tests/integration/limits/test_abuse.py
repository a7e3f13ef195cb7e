"""Whoever abuses a socket is thrown out, the memory stays, and the honest client beside it misses nothing.

How much latency an attack costs is measured, not tested: docs/operate/limits.md.
"""

import asyncio

import pytest

from tests.limits.attacks import ATTACKS, Endings
from tests.limits.wire import FRIENDS, NOTIFICATIONS, STREAM, Target, resident_kilobytes
from tests.support.lab.world import lab_environment
from tests.support.product import Launch, SignedIn

GROWTH = 64 * 1024
"""Kilobytes a server may grow by."""
ALLOWED = {
    "ping_flood": {"closed", "4102", "reset"},
    "empty_fragments": {"1008", "4102", "reset"},
    "message_flood": {"4102", "reset"},
    "nonsense_flood": {"4006", "4102", "reset"},
    "huge_frame": {"1009", "reset"},
    "deflate_bomb": {"1002"},
    "slow_heads": {"closed"},
    "loiterers": {"4103"},
    "many_headers": {"closed", "reset"},
    "one_header": {"closed", "reset"},
    "long_address": {"closed", "reset"},
    "never_readers": {"4201", "4203", "reset"},
}
"""How an attack may end; never by the attacker's own choice (`poured`) or not at all (`open`)."""
AT_CHANNELS = {
    "ping_flood": {"closed", "4102", "reset"},
    "empty_fragments": {"1008", "reset"},
    "message_flood": {"4102", "reset"},
    "nonsense_flood": {"4102", "reset"},
    "huge_frame": {"1009", "reset"},
    "deflate_bomb": {"1002", "reset"},
    "never_readers": {"reset"},
}
"""The same at the doors that Channels serves, for every attack that begins after the handshake."""
SECONDS = 3.0
UNREAD = 10.0
"""Seconds in which nothing is read: until the buffers are full, and the write stall."""
SOME_STAY = {"never_readers"}
"""What the kernel still holds for a client fills no buffer of ours; its heartbeat ends it, later than this test waits."""
QUICK = {"HELLO_TIMEOUT": 2, "WRITE_STALL": 2, "HEARTBEAT": 25}


def test_every_attack_is_tested() -> None:
    assert set(ALLOWED) == set(ATTACKS)


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_an_attack_ends_and_leaves_memory_and_honest_clients_alone(launch: Launch, name: str) -> None:
    attack_the_door(launch, name, STREAM, ALLOWED[name])


@pytest.mark.long
@pytest.mark.parametrize("door", [FRIENDS, NOTIFICATIONS])
@pytest.mark.parametrize("name", sorted(AT_CHANNELS))
def test_an_attack_on_a_door_of_channels_ends_and_changes_nothing(launch: Launch, name: str, door: str) -> None:
    attack_the_door(launch, name, door, AT_CHANNELS[name])


def attack_the_door(launch: Launch, name: str, door: str, allowed: set[str]) -> None:
    product = launch(env=lab_environment(streams=QUICK))
    server = product.servers[0]
    assert server.process is not None
    honest, writer, *villains = map(product.login, product.people[:5])
    audience = [honest.id, *(one.id for one in villains)]
    with honest.stream() as stream:
        writer.post("/lab/note/", key="before", to=audience, writer=1, number=1)
        stream.await_entries(1)
        before = resident_kilobytes(server.process.leash.pid)
        tokens, cookies = (tuple(getattr(one, what) for one in villains) for what in ("access", "cookie"))
        target = Target(server.port, tokens, most=10, door=door, cookies=cookies)
        endings = asyncio.run(_attacked(name, target, writer, audience))
        ended = set(endings) - ({"open"} if name in SOME_STAY and door == STREAM else set())
        assert ended <= allowed, endings
        assert ended
        assert resident_kilobytes(server.process.leash.pid) - before < GROWTH
        writer.post("/lab/note/", key="after", to=[honest.id], writer=1, number=9_999)
        stream.await_frames(lambda: stream.entries[-1].get("key") == "after", about="the last note")
        stream.assert_gapless(after=0, until=stream.entries[-1]["seq"])


async def _attacked(name: str, target: Target, writer: SignedIn, audience: list[int]) -> Endings:
    attack = asyncio.create_task(ATTACKS[name](target, UNREAD if name == "never_readers" else SECONDS))
    if name == "never_readers":
        await asyncio.sleep(0.5)
        await asyncio.to_thread(_write_a_lot, writer, audience)
    return await attack


def _write_a_lot(writer: SignedIn, audience: list[int]) -> None:
    """More than the buffers of a socket hold."""
    for number in range(2, 102):
        told = {"to": audience, "writer": writer.id, "number": number, "pad": "x" * 8_000}
        writer.post("/lab/note/", key=f"{number}", **told, **{"as": "friend_request"})
