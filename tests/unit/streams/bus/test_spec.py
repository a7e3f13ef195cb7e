"""One contract, kept by every bus there is: memory, Redis, and either of them behind a wrapper that loses nothing."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from streams.bus import Bus, Ended, Hint, Signal, Whisper
from streams.bus.memory import MemoryBus
from streams.bus.redis import RedisBus
from tests.support.awaiting import until
from tests.support.lossy_bus import LossyBus
from tests.support.redis import RedisServer

MakeBus = Callable[[], Bus]


def hint(user_id: int, seq: int) -> Hint:
    return Hint([(user_id, "k3x9", seq)], b'{"type":"redacted","n":%d}' % seq)


@dataclass
class Ear:
    """Keeps what a bus delivers."""

    heard: list[Signal] = field(default_factory=list)
    restored: int = 0

    def deliver(self, signals: Sequence[Signal]) -> None:
        self.heard.extend(signals)

    def restore(self) -> None:
        self.restored += 1

    async def listen(self, bus: Bus) -> "Ear":
        await bus.listen(self.deliver, self.restore)
        return self

    async def until(self, count: int) -> list[Signal]:
        await until(lambda: len(self.heard) >= count)
        return self.heard


@pytest.fixture(params=["memory", "redis", "memory, wrapped"])
async def make_bus(request: pytest.FixtureRequest) -> AsyncIterator[MakeBus]:
    """Makes buses that reach each other; on memory there is but one."""
    made: list[Bus] = []
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")

        def make() -> Bus:
            made.append(RedisBus(url=server.url, prefix="spec", buckets=8, timeout=0.25))
            return made[-1]
    else:
        one: Bus = MemoryBus()
        if request.param == "memory, wrapped":
            one = LossyBus(one)
        made.append(one)

        def make() -> Bus:
            return one

    yield make
    for bus in made:
        await bus.close()


async def test_what_is_published_is_heard_in_order_with_its_contents(make_bus: MakeBus) -> None:
    bus = make_bus()
    ear = await Ear().listen(bus)
    signals: list[Signal] = [
        hint(7, 1),
        Hint([(7, "k3x9", 2)], None),
        Ended(7, None, 4004),
        Ended(7, [3, 4], 4004),
        Whisper([7], "", b'{"type":"typing","from_user":3}'),
        hint(7, 3),
    ]
    assert bus.publish(signals) == 0
    assert await ear.until(len(signals)) == signals
    assert bus.healthy


async def test_a_whisper_to_a_topic_is_heard(make_bus: MakeBus) -> None:
    bus = make_bus()
    ear = await Ear().listen(bus)
    bus.publish([Whisper([], "post:12", b"{}")])
    assert await ear.until(1) == [Whisper([], "post:12", b"{}")]


async def test_one_entry_of_many_streams_is_heard_for_each_of_them_once(make_bus: MakeBus) -> None:
    bus = make_bus()
    ear = await Ear().listen(bus)
    everyone = [(user_id, "k3x9", user_id * 10) for user_id in range(1, 101)]
    bus.publish([Hint(everyone, b"{}"), Whisper(list(range(1, 101)), "", b"!"), Ended(0, None, 1)])

    def told() -> list[tuple[int, str, int]]:
        return sorted(place for signal in ear.heard if isinstance(signal, Hint) for place in signal.positions)

    def whispered() -> list[int]:
        return sorted(one for signal in ear.heard if isinstance(signal, Whisper) for one in signal.user_ids)

    await until(lambda: told() == everyone and whispered() == list(range(1, 101)))


async def test_everybody_who_listens_hears_it(make_bus: MakeBus) -> None:
    bus = make_bus()
    ears = [await Ear().listen(make_bus()) for _ in range(3)]
    bus.publish([hint(7, 1)])
    for ear in ears:
        assert await ear.until(1) == [hint(7, 1)]


async def test_threads_publish_at_once_and_each_keeps_its_own_order(make_bus: MakeBus) -> None:
    bus = make_bus()
    ear = await Ear().listen(bus)

    def write(user_id: int) -> None:
        for seq in range(1, 101):
            assert bus.publish([hint(user_id, seq)]) == 0

    threads = [threading.Thread(target=write, args=(user_id,)) for user_id in range(1, 5)]
    for thread in threads:
        thread.start()
    await ear.until(400)
    for user_id in range(1, 5):
        seqs = [one.positions[0][2] for one in ear.heard if isinstance(one, Hint) and one.positions[0][0] == user_id]
        assert seqs == list(range(1, 101))
    for thread in threads:
        thread.join()


async def test_publishing_nothing_or_to_nobody_is_nothing(make_bus: MakeBus) -> None:
    bus = make_bus()
    assert bus.publish([]) == 0
    assert bus.publish([hint(7, 1)]) == 0
    assert bus.publish([Whisper([], "", b"")]) == 0


async def test_after_close_nothing_is_heard(make_bus: MakeBus) -> None:
    bus = make_bus()
    ear = await Ear().listen(bus)
    bus.publish([hint(7, 1)])
    await ear.until(1)
    await bus.close()
    bus.publish([hint(7, 2)])
    other = await Ear().listen(make_bus())
    bus.publish([hint(7, 3)])
    await other.until(1)
    assert ear.heard == [hint(7, 1)]


def test_publish_never_raises_when_a_listeners_loop_has_gone() -> None:
    bus = MemoryBus()
    asyncio.run(bus.listen(lambda _: None, lambda: None))
    assert bus.publish([hint(7, 1)]) == 0


async def test_a_lossy_bus_loses_repeats_and_reorders_but_invents_nothing() -> None:
    bus = LossyBus(MemoryBus(), drop=0.3, repeat=0.3, reorder=0.3, seed=7)
    ear = await Ear().listen(bus)
    sent = [hint(7, seq) for seq in range(1, 301)]
    for one in sent:
        bus.publish([one])
    await ear.until(250)
    await asyncio.sleep(0.05)
    seqs = [one.positions[0][2] for one in ear.heard if isinstance(one, Hint)]
    assert bus.dropped > 50
    assert len(set(seqs)) == 300 - bus.dropped
    assert len(seqs) > len(set(seqs))
    assert seqs != sorted(seqs)
