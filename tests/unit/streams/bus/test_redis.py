"""A dead, frozen or foolish Redis costs latency: never a request, never an exception, never more than one time-out."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Sequence

import hiredis
import pytest

from streams.bus.base import Hint
from streams.bus.redis import REST, SLOW, SLOW_IN_A_ROW, RedisBus
from streams.bus.redis_listener import SLICE, RedisListener
from tests.support.awaiting import until
from tests.support.processes import free_port
from tests.support.proxy import Proxy
from tests.support.redis import RedisServer

TIMEOUT = 0.25
SLACK = 0.35
"""What a busy machine may add to a time-out."""


def hint(seq: int) -> Hint:
    return Hint([(7, "k3x9", seq)], b"{}")


@pytest.fixture
async def bus(redis_server: RedisServer) -> AsyncIterator[RedisBus]:
    made = RedisBus(url=redis_server.url, prefix="test", buckets=4, timeout=TIMEOUT)
    yield made
    await made.close()


class Ear:
    """Counts what is heard and how often the bus came back."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.restored = 0

    def deliver(self, signals: Sequence[object]) -> None:
        for signal in signals:
            assert isinstance(signal, Hint)
            self.seqs.append(signal.positions[0][2])

    def restore(self) -> None:
        self.restored += 1


def timed_publishes(bus: RedisBus, count: int) -> tuple[float, int]:
    """Seconds for `count` publishes one after the other, and how many were not handed over."""
    began = time.monotonic()
    lost = sum(bus.publish([hint(seq)]) for seq in range(count))
    return time.monotonic() - began, lost


def test_publishing_to_nobody_there_neither_raises_nor_waits() -> None:
    bus = RedisBus(url=f"redis://127.0.0.1:{free_port()}/0", prefix="x", buckets=4, timeout=TIMEOUT)
    took, lost = timed_publishes(bus, 200)
    asyncio.run(bus.close())
    assert lost == 200
    assert took < TIMEOUT + SLACK


def test_a_frozen_redis_slows_writers_once_and_not_again(bus: RedisBus, redis_server: RedisServer) -> None:
    assert bus.publish([hint(0)]) == 0
    assert redis_server.process is not None
    redis_server.process.freeze()
    try:
        slowest: list[float] = []

        def write() -> None:
            for _ in range(60):
                began = time.monotonic()
                bus.publish([hint(1), hint(2)])
                slowest.append(time.monotonic() - began)
                time.sleep(0.05)

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        slowed = [took for took in slowest if took > TIMEOUT / 2]
        assert len(slowed) <= len(writers), f"each writer may find out once: {slowed}"
        assert max(slowest) < 2 * TIMEOUT + SLACK
        assert not bus.healthy
    finally:
        redis_server.process.thaw()


async def test_a_redis_that_always_answers_just_in_time_slows_writers_three_times(redis_server: RedisServer) -> None:
    with Proxy(redis_server.port) as proxy:
        bus = RedisBus(url=f"redis://127.0.0.1:{proxy.port}/0", prefix="test", buckets=4, timeout=TIMEOUT)
        assert bus.publish([hint(0)]) == 0
        proxy.delay = 0.08
        slow = [timed_publishes(bus, 1)[0] for _ in range(12)]
        assert sum(took > SLOW for took in slow) <= SLOW_IN_A_ROW, slow
        await asyncio.sleep(REST + 0.5)
        assert bus.publish([hint(1)]) == 1, "it is looked after, and answers as slowly as before"
        proxy.delay = 0.0
        await until(lambda: bus.publish([hint(2)]) == 0)
        await bus.close()


async def test_a_bus_whose_redis_comes_back_goes_on_by_itself(bus: RedisBus, redis_server: RedisServer) -> None:
    ear = Ear()
    await bus.listen(ear.deliver, ear.restore)
    await until(lambda: bus.healthy)
    assert ear.restored == 1
    bus.publish([hint(1)])
    await until(lambda: ear.seqs == [1])
    redis_server.kill()
    await until(lambda: not bus.healthy)
    assert bus.publish([hint(2)]) == 1
    redis_server.start()
    await until(lambda: bus.healthy)
    assert ear.restored == 2, "whoever listens is told that something may have been missed"
    await until(lambda: bus.publish([hint(3)]) == 0)
    await until(lambda: 3 in ear.seqs)


async def test_a_bus_that_starts_before_its_redis_does_not_wait_for_it() -> None:
    port = free_port()
    bus = RedisBus(url=f"redis://127.0.0.1:{port}/0", prefix="x", buckets=4, timeout=TIMEOUT)
    ear = Ear()
    began = time.monotonic()
    await bus.listen(ear.deliver, ear.restore)
    assert time.monotonic() - began < 3
    assert not bus.healthy
    server = RedisServer(port=port)
    server.start()
    try:
        await until(lambda: bus.healthy)
        bus.publish([hint(1)])
        await until(lambda: ear.seqs == [1])
    finally:
        await bus.close()
        server.close()


async def test_what_is_no_signal_is_passed_over(
    bus: RedisBus, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear()
    await bus.listen(ear.deliver, ear.restore)
    for junk in (b"", b"\xc1", b"hello", b"\x93\xa1h\x01\x02", b"\x80"):
        bus._client.publish(bus.channel_of(7), junk)
    bus.publish([hint(1)])
    await until(lambda: ear.seqs == [1])
    assert bus.healthy
    assert [record.levelno for record in caplog.records if "foreign" in record.message] == [logging.WARNING] * 5


async def test_a_listener_told_nothing_for_too_long_is_taken_for_dead(redis_server: RedisServer) -> None:
    listener = RedisListener(redis_server.url, ["test:bus:0"], lambda _: None, patience=0.6)
    await listener.open()
    await asyncio.sleep(1)
    assert not listener.closed.done(), "pings are answered, so silence is not death"
    assert redis_server.process is not None
    redis_server.process.freeze()
    try:
        async with asyncio.timeout(3):
            await listener.closed
    finally:
        redis_server.process.thaw()


async def test_a_wrong_password_is_a_refusal_and_not_a_loop_that_hangs(redis_server: RedisServer) -> None:
    import redis

    url = redis_server.url.replace("redis://", "redis://nobody:wrong@")
    listener = RedisListener(url, ["test:bus:0"], lambda _: None, patience=5)
    with pytest.raises((redis.RedisError, OSError)):
        await listener.open()


async def test_users_are_spread_over_channels_and_each_stays_on_its_own(bus: RedisBus) -> None:
    assert len({bus.channel_of(user_id) for user_id in range(100)}) == 4
    assert bus.channel_of(7) == bus.channel_of(7)


async def test_a_read_of_many_is_handed_on_whole_and_in_order() -> None:
    heard: list[list[bytes]] = []
    listener = RedisListener("redis://127.0.0.1:1", ["test:bus:0"], heard.append, patience=5)
    many = [b"%d" % number * 50 for number in range(1_000)]
    wire = b"".join(hiredis.pack_command((b"message", b"test:bus:0", one)) for one in many)  # type: ignore[arg-type]
    assert len(wire) > 3 * SLICE
    listener.data_received(wire)
    assert heard == [many]
