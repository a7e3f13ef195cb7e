"""Hot post: many look at one post while it is liked many times a second; what that costs the gateway, and everyone else.

The likes are published on the bus as the action publishes them after its commit, one `post_activity` each. Counted are the
CPU share of the gateway process, the frames each watcher got, and how long an ordinary entry takes to a bystander's socket
meanwhile, beside the same without likes.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "backend")]

import harness  # noqa: E402
from candidates.numeneon_profiles import HERE, Scaled, open_lab  # noqa: E402
from suite.candidate import open_stage  # noqa: E402
from suite.machine import OTHER_CORES, SERVER_CORES  # noqa: E402
from suite.processes import Program  # noqa: E402
from suite.results import Row  # noqa: E402
from suite.tools import free_port  # noqa: E402

COLUMNS = {
    "candidate": "candidate",
    "likes_per_second": "likes/s",
    "gateway_share": "share of a core",
    "frames_per_watcher_second": "frames/s a watcher",
    "behind": "watchers without the last count",
    "bystander_p50_ms": "bystander p50 ms",
    "bystander_p99_ms": "bystander p99 ms",
}
TOPIC = "post:1"
BYSTANDER_EVERY = 0.05


class Watcher(asyncio.Protocol):
    """One client: says hello, watches, answers pings, remembers the last version and counts frames."""

    def __init__(self, hello: str, *, watches: bool) -> None:
        self.hello = hello
        self.watches = watches
        self.ready = asyncio.get_running_loop().create_future()
        self.frames = 0
        self.version = 0
        self.entry_at: asyncio.Future[float] | None = None
        self._rest = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(  # type: ignore[attr-defined]
            b"GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def say(self, text: str) -> None:
        raw = text.encode()
        size = bytes((0x80 | len(raw),)) if len(raw) < 126 else b"\xfe" + len(raw).to_bytes(2, "big")
        self.transport.write(b"\x81" + size + b"\0\0\0\0" + raw)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._upgraded:
            head, mark, data = data.partition(b"\r\n\r\n")
            if not mark:
                self._rest = head
                return
            self._upgraded = True
            self.say(self.hello)
        while len(data) >= 2:
            start, size = (4, int.from_bytes(data[2:4], "big")) if data[1] == 126 else (2, data[1])
            if len(data) < start + size:
                break
            self.take(data[start : start + size])
            data = data[start + size :]
        self._rest = data

    def take(self, raw: bytes) -> None:
        frame = json.loads(raw)
        kind = frame.get("type")
        if kind == "post_activity":
            self.frames += 1
            self.version = max(self.version, frame["version"])
        elif kind == "welcome":
            if self.watches:
                self.say(json.dumps({"type": "watch", "topics": [TOPIC]}))
            self.ready.set_result(None)
        elif kind == "ping":
            self.say('{"type":"pong"}')
        elif "seq" in frame and self.entry_at is not None:
            self.entry_at.set_result(time.monotonic())


async def stretch(
    watchers: list[Watcher], bystander: Watcher, program: Program, *, rate: int, seconds: float, user: int, seq: int
) -> tuple[Row, int]:
    """Publish at a rate for a while; what it cost, and the bystander's number afterwards."""
    from candidates.numeneon.places import EPOCH
    from streams.bus import Hint, current_bus, publish_whisper

    loop, bus = asyncio.get_running_loop(), current_bus()
    frames, latencies, version = sum(one.frames for one in watchers), [], max(one.version for one in watchers)
    cpu, began = program.cpu_seconds(), time.monotonic()
    told = 0
    while (now := time.monotonic()) - began < seconds:
        for _ in range(int((now - began) * rate) - told):
            told += 1
            version += 1
            likes = {"type": "post_activity", "post_id": 1, "likes": version, "comments": 0, "version": version}
            publish_whisper(json.dumps(likes, separators=(",", ":")).encode(), topic=TOPIC)
        seq += 1
        bystander.entry_at = loop.create_future()
        sent = time.monotonic()
        bus.publish([Hint([(user, EPOCH, seq)], b'{"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted"}')])
        latencies.append((await asyncio.wait_for(bystander.entry_at, 5) - sent) * 1e3)
        bystander.entry_at = None
        await asyncio.sleep(BYSTANDER_EVERY)
    took = time.monotonic() - began
    share = (program.cpu_seconds() - cpu) / took
    await asyncio.sleep(1)
    latencies.sort()
    row = {
        "likes_per_second": told / took,
        "gateway_share": share,
        "frames_per_watcher_second": (sum(one.frames for one in watchers) - frames) / len(watchers) / took,
        "behind": sum(one.version != version for one in watchers),
        "bystander_p50_ms": statistics.median(latencies),
        "bystander_p99_ms": latencies[int(len(latencies) * 0.99)],
    }
    return row, seq


async def measure(port: int, hellos: list[str], program: Program, *, rate: int, seconds: float) -> list[Row]:
    """Without likes, then with them."""
    from candidates.numeneon.places import head_of

    loop = asyncio.get_running_loop()
    everybody = [Watcher(hello, watches=number > 0) for number, hello in enumerate(hellos)]
    for start in range(0, len(everybody), 50):
        batch = everybody[start : start + 50]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, "127.0.0.1", port) for one in batch))  # type: ignore[misc]
        await asyncio.gather(*(one.ready for one in batch))
    await asyncio.sleep(2)
    rows, seq = [], head_of(1)
    for likes in (0, rate):
        row, seq = await stretch(everybody[1:], everybody[0], program, rate=likes, seconds=seconds, user=1, seq=seq)
        rows.append(row)
    return rows


def run_once(options: object, product: Scaled) -> list[Row]:
    """One gateway with PostgreSQL and Redis, its watchers, and the likes."""
    with open_stage() as stage:
        lab = open_lab(stage, product, people=options.watchers + 1, postgres=True)  # type: ignore[attr-defined]
        os.environ.update(lab.environment)
        sys.path.insert(0, str(HERE))
        import django

        django.setup()
        from accounts.models import User
        from posts.models import Post

        Post.objects.create(
            pk=1, author=User.objects.earliest("pk"), content="Everybody looks at this.", type="thoughts"
        )
        port = free_port()
        words: list[object] = [sys.executable, HERE / "serve.py", "gateway", "--port", port, "--drain", "0"]
        program = stage.start("gateway", words, cores=SERVER_CORES, environment=lab.environment)
        program.wait_for_port(port)
        os.sched_setaffinity(0, OTHER_CORES)
        hellos = (lab.address.hellos or Path()).read_text().splitlines()
        return asyncio.run(
            measure(port, hellos, program, rate=options.rate, seconds=options.seconds)  # type: ignore[attr-defined]
        )


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--watchers", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=200, help="likes a second")
    parser.add_argument("--seconds", type=float, default=10, help="of each stretch")
    options = parser.parse_args()
    product = Scaled()
    run = harness.begin(f"hot-post-{options.watchers}", __doc__, options, [product])
    for row in run_once(options, product):
        label = "with likes" if row["likes_per_second"] else "without likes"
        run.rows.append({"candidate": label, "repetition": 0, **row})
    run.finish(COLUMNS)


if __name__ == "__main__":
    main()
