"""Attack a server and look at what honest clients notice: `python -m tests.limits.measure [--write] [NAME …]`.

What is written takes the place of the same attack's line in the page; the lines of the others stay.

For each attack: honest clients follow their streams while notes are written; five seconds of peace, the attack from a process
of its own, five seconds of peace again. What counts is the ratio of the latencies, and the memory.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.limits.attacks import ATTACKS
from tests.limits.honest import Crowd
from tests.limits.wire import Target, resident_kilobytes
from tests.support.databases import ROOT, Person, Template

PAGE = ROOT / "docs" / "operate" / "limits.md"
VILLAINS = 4
"""People the attackers sign in as; a person has ten connections at most."""
PEACE = 5.0
SETTLE = 3.0


@dataclass
class Row:
    """What one attack did."""

    name: str
    clients: int = 0
    endings: dict[str, int] = field(default_factory=dict)
    median: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    load: float = field(default_factory=lambda: os.getloadavg()[0])


@dataclass(frozen=True)
class Setting:
    """Who stands around an attack."""

    people: int = 10
    devices: int = 2
    pad: int = 0
    attack: float = 15.0


SETTINGS = {"never_readers": Setting(people=100, devices=10, pad=8_000, attack=25.0)}


async def observe(name: str, port: int, leash: int, people: list[Person], setting: Setting) -> Row:
    """One attack from before to after. The last people are the attackers."""
    honest, villains = people[: setting.people], people[setting.people :]
    audience = [person.id for person in (people if name == "never_readers" else honest)]
    row = Row(name)
    target = Target(port, tuple(person.access for person in honest))
    async with Crowd(target, audience, devices=setting.devices, pad=setting.pad) as crowd:
        row.clients = crowd.size
        await crowd.listen_for(2)

        async def listen(seconds: float) -> None:
            median, worst = await crowd.listen_for(seconds)
            row.median.append(median)
            row.worst.append(worst)

        await listen(PEACE)
        row.memory.append(resident_kilobytes(leash))
        attack = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "tests.limits.attacks",
                name,
                str(port),
                str(setting.attack),
                *(one.access for one in villains),
            ),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        watch = asyncio.create_task(_peak(leash))
        await asyncio.sleep(1)
        await listen(setting.attack - 1)
        output, _ = await attack.communicate()
        row.endings = json.loads(output)
        watch.cancel()
        row.memory.append(max(_peaks.pop(watch), resident_kilobytes(leash)))
        await asyncio.sleep(SETTLE)
        await listen(PEACE)
        row.memory.append(resident_kilobytes(leash))
    return row


_peaks: dict[object, int] = {}


async def _peak(leash: int) -> None:
    me = asyncio.current_task()
    _peaks[me] = 0
    while True:
        _peaks[me] = max(_peaks[me], await asyncio.to_thread(resident_kilobytes, leash))
        await asyncio.sleep(0.2)


@contextmanager
def product(people: int) -> Iterator[tuple[int, int, list[Person]]]:
    """A server on a database of its own: its port, its leash and its people."""
    from tests.support.lab.world import lab_environment
    from tests.support.product import Product

    with tempfile.TemporaryDirectory(prefix="numeneon-limits-") as made:
        template = Template("embedded", Path(made) / "template", people=people)
        standing = Product(template, Path(made) / "product", env=lab_environment(streams={"HEARTBEAT": 25}))
        try:
            server = standing.add_server()
            assert server.process is not None
            yield server.port, server.process.leash.pid, standing.people
        finally:
            standing.close()


def measure(name: str) -> Row:
    """One attack on a fresh server."""
    setting = SETTINGS.get(name, Setting())
    with product(setting.people + VILLAINS) as (port, leash, people):
        return asyncio.run(observe(name, port, leash, people, setting))


HEAD = (
    "| attack | how it ended | honest clients | p50 ms before, during, after | during ÷ before "
    "| p99 ms before, during, after | during ÷ before | server MB before, peak, after | measured on, load before |"
)


def about(name: str) -> str:
    """What an attack does: the first cell of its line."""
    return (ATTACKS[name].__doc__ or "").rstrip(".")


def line(row: Row) -> str:
    """A row in Markdown."""
    endings = ", ".join(f"{how} × {count}" for how, count in sorted(row.endings.items()))
    cells = [about(row.name), endings, str(row.clients), _ms(row.median), f"{row.median[1] / row.median[0]:.1f}"]
    cells += [
        _ms(row.worst),
        f"{row.worst[1] / row.worst[0]:.1f}",
        ", ".join(f"{size / 1024:.0f}" for size in row.memory),
        f"{datetime.now(UTC):%Y-%m-%d}, {row.load:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def merged(lines: dict[str, str], page: str) -> list[str]:
    """The lines of all attacks: these, and of the others what the page has."""
    had = {one.split(" | ")[0].removeprefix("| "): one for one in page.splitlines() if one.startswith("| ")}
    every = {name: lines.get(name) or had.get(about(name)) for name in ATTACKS}
    return [one for one in every.values() if one]


def _ms(seconds: list[float]) -> str:
    return ", ".join(f"{one * 1000:.1f}" for one in seconds)


def page(lines: list[str]) -> str:
    """The document."""
    table = "\n".join([HEAD, "|---|---|--:|--:|--:|--:|--:|--:|--:|", *lines])
    return f"""# What attackers change

Written by `python -m tests.limits.measure --write`; {os.cpu_count()} cores, {platform.system()},
Python {platform.python_version()}, embedded profile, one process. The attackers run on the same machine and share its cores
with the server and the honest clients, so part of the latency is theirs; what must stay flat is the memory, and what must
end is the attack. The load is the machine's own average before an attack: above 1 others were at work too, and
latencies are theirs as well; look at the ratio.

Each attack lasts fifteen seconds or more, whoever is thrown out comes back after half a second. Latency is from the beginning
of the HTTP request that writes a note to its frame in an honest client, over all of them; no note was missed by any honest
client. `closed`: the server hung up on a client that did not read why; `reset`: likewise, without a close frame. A number is
the close code; docs/reference tells what it means. Which limit is crossed at which door by which test:
[limits, door by door](../reference/limits.md).

{table}
"""


def main() -> int:
    """Entry point."""
    from tests.support import profiles

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ATTACKS)}; all when none is named")
    parser.add_argument("--write", action="store_true", help="put the result into docs/operate/limits.md")
    chosen = parser.parse_args()
    surroundings = profiles.enter()
    lines: dict[str, str] = {}
    try:
        for name in chosen.names or ATTACKS:
            lines[name] = line(measure(name))
            print(lines[name], flush=True)
            if chosen.write:
                PAGE.write_text(page(merged(lines, PAGE.read_text() if PAGE.exists() else "")))
    finally:
        surroundings.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
