"""How long an ended login, or a right that a block took away, is still felt: `python -m tests.limits.endings [--write]`.

Every cause at every door of every process of each house (`tests/support/lab/house.py`), with hints and with every hint lost.
What counts is the worst of all; the tests only ask that it be below a second and some slack. HUDDL_PROFILE chooses the
profile, whose part of the page `--write` replaces.
"""

import argparse
import os
import platform
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.support.causes import CAUSES
from tests.support.databases import ROOT, Template
from tests.support.doorways import Follower
from tests.support.lab.house import DEAF, KINDS, LONG, at_every_door, inhabited
from tests.support.lab.world import lab_environment
from tests.support.pair import pair
from tests.support.product import Product
from tests.support.profiles import chosen_profile, enter
from tests.support.short_lives import Ending

PAGE = ROOT / "docs" / "operate" / "endings.md"
PEOPLE = 24
LONGEST = 8.0
"""Seconds after which somebody who is still there counts as left."""
GRACE = 25
BLOCK, EXPIRY = "block: typing, counts of likes", "credentials run out, after their end"
FLOWING = frozenset({"typing", "post_activity"})
"""What goes on without a pause. That a friendship is over is an entry, which may come later when its hint is lost."""
HEARD, LOST = "heard", "lost"


@dataclass(frozen=True, order=True)
class Worst:
    """The latest of all that were looked at, and where it was."""

    seconds: float
    where: str
    looked_at: int

    def joined(self, other: "Worst") -> "Worst":
        late = max(self, other)
        return Worst(late.seconds, late.where, self.looked_at + other.looked_at)


def latest(followers: Mapping[str, Follower], since: float, *, within: float = LONGEST) -> Worst:
    """When the last of these ended."""
    deadline = since + within
    while any(one.ended is None for one in followers.values()) and time.monotonic() < deadline:
        time.sleep(0.02)
    found = {name: (one.ended_at - since if one.ended is not None else float("inf")) for name, one in followers.items()}
    where = max(found, key=found.__getitem__)
    return Worst(max(0.0, found[where]), where, len(found))


def ended(product: Product, number: int, cause: str) -> Worst:
    """One cause at every door."""
    end, _ = CAUSES[cause]
    person = product.login(product.people[number])
    followers = at_every_door(product, person)
    try:
        time.sleep(0.3)
        return latest(followers, end(product, person))
    finally:
        for one in followers.values():
            one.close()


def expired(product: Product, number: int) -> Worst:
    """A token and a login run out, with the grace as it is in earnest."""
    ending = Ending(product, number)
    try:
        # A poll that waits 25 s is answered before: it does not outlast the grace.
        polls = {name: one for name, one in ending.followers.items() if not name.startswith("long poll")}
        return latest(polls, time.monotonic() + ending.ends - time.time(), within=GRACE + LONGEST)
    finally:
        ending.close()


def blocked(product: Product, number: int) -> Worst:
    """The last frame of the other's doing, while both go on typing and being liked."""
    with pair(product, number) as one:
        over = threading.Event()

        def go_on() -> None:
            while not over.is_set():
                for side, other in one.sides():
                    side.type_to(other)
                one.like()

        doing = threading.Thread(target=go_on, daemon=True)
        doing.start()
        time.sleep(1.5)
        one.block()
        began = time.monotonic()
        one.mark()
        shown = 0
        late = Worst(0.0, "nowhere", sum(len(side.followers) for side, _ in one.sides()))
        while time.monotonic() < began + 4:
            reached = [
                name
                for side, other in one.sides()
                for name, frame in side.reached_by(other)
                if frame["type"] in FLOWING
            ]
            if len(reached) > shown:
                shown = len(reached)
                late = Worst(time.monotonic() - began, reached[-1], late.looked_at)
            time.sleep(0.01)
        over.set()
        doing.join(10)
        return late


def measured(product: Product, bus: str, rounds: int) -> Iterator[tuple[str, Worst]]:
    """Every cause, so many times."""
    number = 0
    for _ in range(rounds):
        for cause in CAUSES:
            yield cause, ended(product, number, cause)
            number += 1
    yield BLOCK, blocked(product, number)
    if bus == HEARD:  # no hint is about it
        yield EXPIRY, expired(product, number + 3)


@contextmanager
def house(template: Template, kind: str, bus: str) -> Iterator[Product]:
    """Every process of a kind of house, and a bus."""
    env = lab_environment(streams=LONG | {"TYPING_INTERVAL": 0.05, "FRAMES_PER_MINUTE": 60_000, "FRAME_BURST": 5_000})
    env |= {"LOSSY_BUS": DEAF} if bus == LOST else {}
    with (
        tempfile.TemporaryDirectory(prefix="numeneon-endings-") as made,
        inhabited(template, Path(made), kind, env) as product,
    ):
        yield product


def measure(rounds: int) -> dict[tuple[str, str], Worst]:
    """Cause and bus, and the worst of all houses."""
    found: dict[tuple[str, str], Worst] = {}
    with tempfile.TemporaryDirectory(prefix="numeneon-endings-") as made:
        template = Template(chosen_profile(), Path(made) / "template", people=PEOPLE)
        try:
            for kind in KINDS:
                for bus in (HEARD, LOST):
                    with house(template, kind, bus) as product:
                        for cause, worst in measured(product, bus, rounds):
                            print(f"{kind}, {bus}, {cause}: {worst.seconds:.2f} s at {worst.where}", flush=True)
                            before = found.get((cause, bus))
                            found[cause, bus] = worst if before is None else before.joined(worst)
        finally:
            template.drop(template.database)
    return found


def table(found: Mapping[tuple[str, str], Worst]) -> str:
    """In Markdown."""
    lines = [
        "| what ended | looked at | hints heard: worst, s | at | every hint lost: worst, s | at |",
        "|---|--:|--:|---|--:|---|",
    ]
    for cause in (*CAUSES, BLOCK, EXPIRY):
        both = [found.get((cause, bus)) for bus in (HEARD, LOST)]
        cells = [cause, str(sum(one.looked_at for one in both if one))]
        for one in both:
            cells += [f"{one.seconds:.2f}", one.where] if one else ["–", ""]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


HEAD = """# How long what has ended is still felt

Written by `python -m tests.limits.endings --write` on each profile. The promise is a second; the tests allow a busy machine two
more (`test_credentials.py`, `test_blocks_everywhere.py`, `test_expiry.py` in tests/integration/streams), and this is what it was.
Seconds are from the answer to the request that ended a login, or from the row that was saved, to the end of the last of all
connections: eight doors, by token and by cookie, on every process; 0.00 is before the answer was read. On the embedded profile
these are our own server, Daphne and Uvicorn, one after the other; on the scaled one two of our own, a Daphne and a Uvicorn at
once, on one database and one bus. A password and an account are changed by a process of its own, which on the embedded profile
has no bus in common with the server: there a hint is always lost.

*Every hint lost*: the bus drops all that tells of entries and of ended logins; what closes are the rows alone, at which every
process looks twice a second. *Block*: two people type to each other and are liked without a pause; what counts is the last frame
of the one's doing on any screen of the other, from the answer to the block. *Credentials run out*: seconds after their end,
of a grace of 25 s.
"""


def written(page: str, profile: str, part: str) -> str:
    """The page with this profile's part in it."""
    begin, end = f"<!-- {profile} -->", f"<!-- end of {profile} -->"
    parts = {
        one: re.search(rf"<!-- {one} -->.*?<!-- end of {one} -->", page, re.DOTALL) for one in ("embedded", "scaled")
    }
    kept = {one: found[0] for one, found in parts.items() if found} | {profile: f"{begin}\n\n{part}\n\n{end}"}
    return "\n".join([HEAD, *(f"{kept[one]}\n" for one in ("embedded", "scaled") if one in kept)])


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the result to docs/operate/endings.md")
    parser.add_argument("--rounds", type=int, default=2, help="how often each cause is tried in each house")
    chosen = parser.parse_args()
    surroundings = enter()
    try:
        found = measure(chosen.rounds)
    finally:
        surroundings.leave()
    profile = chosen_profile()
    part = (
        f"## {profile.capitalize()}\n\n{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}.\n\n{table(found)}"
    )
    print(part)
    if chosen.write:
        PAGE.write_text(written(PAGE.read_text() if PAGE.exists() else "", profile, part))
    return 0


if __name__ == "__main__":
    sys.exit(main())
