"""What a hostile client does, one function an attack: each is bounded in connections and in time, and says how it was ended.

python -m tests.limits.attacks NAME PORT SECONDS TOKEN…      in a process of its own; prints {"ending": count, …}
"""

import asyncio
import json
import sys
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.limits.wire import CONTINUATION, PING, TEXT, Refused, Target, Wire, frame, text

Endings = Counter[str]
Attack = Callable[[Target, float], Coroutine[Any, Any, Endings]]
MEBIBYTE = 1 << 20
OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"


async def again_and_again(target: Target, seconds: float, count: int, once: Callable[[int], Awaitable[str]]) -> Endings:
    """`count` attackers at once; whoever is thrown out comes back after half a second, until the time is over."""
    endings: Endings = Counter()
    loop = asyncio.get_running_loop()
    over = loop.time() + seconds

    async def attacker(number: int) -> None:
        while loop.time() < over:
            try:
                endings[await once(number)] += 1
            except Refused as refused:
                endings[str(refused)] += 1
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                endings["reset"] += 1
            except TimeoutError:
                endings["no answer"] += 1
            await asyncio.sleep(0.5)

    await asyncio.gather(*(attacker(number) for number in range(min(count, target.most))))
    return endings


def signed_in(target: Target, then: Callable[[Wire], Awaitable[str]]) -> Callable[[int], Awaitable[str]]:
    """Do something over a connection that has said hello."""

    async def once(number: int) -> str:
        wire = await Wire.open(target, receive_buffer=4096)
        try:
            await wire.enter(target, number)
            return await then(wire)
        finally:
            wire.drop()

    return once


async def ping_flood(target: Target, seconds: float) -> Endings:
    """Pings as fast as they go, and no pong is ever read."""
    piece = frame(PING, b"p" * 125) * 100
    return await again_and_again(target, seconds, 20, signed_in(target, lambda wire: wire.pour(piece, most=5_000)))


async def empty_fragments(target: Target, seconds: float) -> Endings:
    """A message of empty fragments without an end."""

    async def then(wire: Wire) -> str:
        wire.writer.write(frame(TEXT, final=False))
        await wire.pour(frame(CONTINUATION, final=False) * 50, most=2_000)
        return await wire.ending()

    return await again_and_again(target, seconds, 20, signed_in(target, then))


async def message_flood(target: Target, seconds: float) -> Endings:
    """Good frames, far too many."""

    async def then(wire: Wire) -> str:
        await wire.pour(text(type="ack", seq=0) * 50, most=2_000)
        return await wire.ending()

    return await again_and_again(target, seconds, 20, signed_in(target, then))


async def nonsense_flood(target: Target, seconds: float) -> Endings:
    """Frames of sixteen kilobytes that are no JSON."""

    async def then(wire: Wire) -> str:
        await wire.pour(frame(TEXT, b"[" * 16_000), most=2_000)
        return await wire.ending()

    return await again_and_again(target, seconds, 20, signed_in(target, then))


async def huge_frame(target: Target, seconds: float) -> Endings:
    """A frame that announces four exabytes, and begins to send them."""

    async def then(wire: Wire) -> str:
        wire.writer.write(b"\x81\xff" + (1 << 62).to_bytes(8, "big") + b"\0\0\0\0")
        await wire.pour(b"x" * 65_536, most=1_000)
        return await wire.ending()

    return await again_and_again(target, seconds, 20, signed_in(target, then))


async def deflate_bomb(target: Target, seconds: float) -> Endings:
    """Offer compression, and send a megabyte that deflates to a kilobyte whatever was agreed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b" " * MEBIBYTE) + packer.flush(zlib.Z_SYNC_FLUSH)

    async def once(number: int) -> str:
        wire = await Wire.open(target)
        try:
            answer = await wire.upgrade(target, OFFER, number=number)
            if b"permessage-deflate" in answer.lower():
                return "negotiated"
            wire.writer.write(frame(TEXT, bomb[:-4], reserved=0x40))
            return await wire.ending()
        finally:
            wire.drop()

    return await again_and_again(target, seconds, 20, once)


async def slow_heads(target: Target, seconds: float) -> Endings:
    """Request heads that come a byte every half second."""

    async def once(number: int) -> str:
        wire = await Wire.open(target)
        try:
            wire.writer.write(target.head(end=False))
            return await wire.pour(b"x", most=120, pause=0.5)
        finally:
            wire.drop()

    return await again_and_again(target, seconds, 500, once)


async def loiterers(target: Target, seconds: float) -> Endings:
    """Handshakes without a hello."""

    async def once(number: int) -> str:
        wire = await Wire.open(target)
        try:
            await wire.upgrade(target)
            return await wire.ending(30)
        finally:
            wire.drop()

    return await again_and_again(target, seconds, 500, once)


async def many_headers(target: Target, seconds: float) -> Endings:
    """Sixty mebibytes of header lines."""
    return await _endless(target, seconds, begin=b"", piece=(b"x-a: " + b"y" * 1_000 + b"\r\n") * 64)


async def one_header(target: Target, seconds: float) -> Endings:
    """One header line of sixty mebibytes."""
    return await _endless(target, seconds, begin=b"x-a: ", piece=b"y" * 65_536)


async def _endless(target: Target, seconds: float, *, begin: bytes, piece: bytes) -> Endings:
    async def once(number: int) -> str:
        wire = await Wire.open(target)
        try:
            wire.writer.write(target.head(end=False) + begin)
            return await wire.pour(piece, most=60 * MEBIBYTE // len(piece))
        finally:
            wire.drop()

    return await again_and_again(target, seconds, 10, once)


async def long_address(target: Target, seconds: float) -> Endings:
    """An address of sixty mebibytes."""

    async def once(number: int) -> str:
        wire = await Wire.open(target)
        try:
            wire.writer.write(b"GET /")
            return await wire.pour(b"y" * 65_536, most=60 * 16)
        finally:
            wire.drop()

    return await again_and_again(target, seconds, 10, once)


async def never_readers(target: Target, seconds: float) -> Endings:
    """Ten clients with small buffers that follow their streams and read nothing."""

    async def then(wire: Wire) -> str:
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(seconds)
        wire.writer.transport.resume_reading()  # type: ignore[attr-defined]
        return await wire.ending()

    return await again_and_again(target, seconds, 10, signed_in(target, then))


ATTACKS: dict[str, Attack] = {
    made.__name__: made
    for made in (
        ping_flood,
        empty_fragments,
        message_flood,
        nonsense_flood,
        huge_frame,
        deflate_bomb,
        slow_heads,
        loiterers,
        many_headers,
        one_header,
        long_address,
        never_readers,
    )
}


if __name__ == "__main__":
    name, port, limit, *tokens = sys.argv[1:]
    print(json.dumps(asyncio.run(ATTACKS[name](Target(int(port), tuple(tokens)), float(limit)))))
