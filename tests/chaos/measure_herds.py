"""Measure what docs/operate/herds.md shows: `python -m tests.chaos.measure_herds [--write] [--people 5000] [PART …]`.

restarted   everything is restarted, one process after the other
killed      a gateway is killed before its half of a crowd, with the clients' dice and, in the same run, without
memory      a crowd comes and goes, several times: what a gateway holds when it is there, and after it has gone
"""

import argparse
import os
import platform
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.chaos.herds import DRAIN, ample_gate, lose_a_gateway, restart_everything
from tests.support import profiles
from tests.support.crowd.crowd import Crowd, Report, most_within
from tests.support.crowd.herd import Herd
from tests.support.databases import ROOT, Template
from tests.support.memory import resident
from tests.support.product import Launch, Server, launching

PAGE = ROOT / "docs" / "operate" / "herds.md"
BIN, SHOWN = 0.05, 1.0
BAR = 40
CYCLES = 3
AFTER = 15.0
"""Seconds after which memory is read: whoever has not said hello is remembered for ten."""


class Silent:
    """Takes the logs that `launching` keeps for a test that fails."""

    def add_report_section(self, when: str, name: str, text: str) -> None:
        pass


@contextmanager
def launcher() -> Iterator[Launch]:
    """Starts products on the profile of this run, which the environment chooses."""
    surroundings = profiles.enter()
    try:
        with tempfile.TemporaryDirectory(prefix="numeneon-herds-") as made:
            template = Template(surroundings.profile, Path(made) / "template", people=2)
            nobody = cast("pytest.Item", Silent())
            with launching(template, lambda: Path(made) / secrets.token_hex(3), nobody) as launch:
                yield launch
    finally:
        surroundings.leave()


def restarted(launch: Launch, people: int) -> list[str]:
    """Lines of Markdown."""
    gate = ample_gate(people)
    with Herd(launch, people=people, drain=DRAIN, gate=gate) as herd:
        herd.crowd.await_live(within=60)
        settled = time.monotonic()
        began, _ = restart_everything(herd)
        report = herd.crowd.report()
        verdict = herd.verdict(report)
    lines = [
        "| gateway | clients who came meanwhile | told to leave over, s | came in a second on average | at most |",
        "|---|--:|--:|--:|--:|",
    ]
    for number, at in enumerate(began):
        came = [moment for moment in report.attempts if at <= moment < at + DRAIN]
        row = (number + 1, len(came), DRAIN, len(came) / DRAIN, most_within(came, 1.0))
        lines.append("| " + " | ".join(f"{one:,.0f}" for one in row) + " |")
    entered = [most_within((one.at for one in herd.arrivals(server) if one.entered), 1.0) for server in herd.doors]
    wrong = ", ".join(f"{len(getattr(verdict, kind))} {kind}" for kind in verdict.KINDS)
    return [
        *lines,
        "",
        f"{people:,} clients, {verdict.events:,} entries: {wrong}. The longest that anybody was away: "
        f"{report.blackout(settled):.2f} s; the latest entry was {report.latest:.2f} s on its way. "
        f"A gate let in {max(entered):,} in a second at most, of {gate:,} that it may.",
        "",
    ]


def killed(launch: Launch, people: int) -> list[str]:
    """Lines of Markdown."""
    lines = []
    for jitter in (True, False):
        with Herd(launch, people=people, drain=1, gate=people, jitter=jitter) as herd:
            at, _ = lose_a_gateway(herd)
            lines += picture(herd.crowd.report(), at, lost=people // 2, jitter=jitter)
        herd.product.close()
    return lines


def picture(report: Report, killed_at: float, *, lost: int, jitter: bool) -> list[str]:
    """The first attempts after the loss, a row for each span of time."""
    after = [at - killed_at for at in report.attempts if 0 <= at - killed_at < SHOWN]
    counts = Counter(int(at / BIN) for at in after)
    widest = max(counts.values())
    rows = [
        f"{number * BIN * 1000:5.0f} ms {counts[number]:5d} {'█' * round(BAR * counts[number] / widest)}".rstrip()
        for number in range(round(SHOWN / BIN))
    ]
    most = most_within(after, 0.1)
    name = "With dice, as the protocol says" if jitter else "Without dice, everybody after the same half second"
    return [
        f"{name}: {lost:,} clients lost their gateway, at most {most:,} ({most / lost:.0%}) came within a tenth of a second, "
        f"{len(report.refusals):,} were turned away; the last was back after {report.blackout(killed_at):.1f} s.",
        "",
        "```text",
        *rows,
        "```",
        "",
    ]


def memory(launch: Launch, people: int) -> list[str]:
    """Lines of Markdown."""
    lines = ["| | empty | " + " | ".join(f"full {n} | gone {n}" for n in range(1, CYCLES + 1)) + " |"]
    lines.append("|---" * (2 + 2 * CYCLES) + "|")
    for name, mistake in (
        ("as it is", ""),
        ("with a journal of objects, and nothing given back", "keeps_what_has_gone"),
    ):
        product = launch(processes=0, people=people, env=variables(mistake))
        server = product.add_server("gateway", options=("--drain", "1"))
        held = [held_by(server)]
        for _ in range(CYCLES):
            with Crowd(product.people, [server.port], product.folder) as crowd:
                crowd.await_live(within=60)
                time.sleep(2)
                held.append(held_by(server))
                crowd.ask("leave")
            time.sleep(AFTER)
            held.append(held_by(server))
        product.close()
        lines.append(f"| {name} | " + " | ".join(f"{size / 1024:.1f}" for size in held) + " |")
    return [*lines, ""]


def held_by(server: Server) -> int:
    """Kilobytes."""
    assert server.process is not None
    return resident({server.process.leash.pid})


def variables(mistake: str) -> dict[str, str]:
    """A lab in which crowds come as fast as they can."""
    from tests.support.lab.world import lab_environment

    chosen = {"LAB_MUTANT": mistake} if mistake else {}
    return lab_environment(streams={"HEARTBEAT": 25, "PONG_TIMEOUT": 10}, **chosen)


PARTS: dict[str, Callable[[Launch, int], list[str]]] = {"restarted": restarted, "killed": killed, "memory": memory}


def write(name: str, people: int, lines: list[str]) -> None:
    """Put a part into the page, between its marks."""
    command = f"python -m tests.chaos.measure_herds --write --people {people} {name}"
    machine = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = PAGE.read_text().partition(begin)
    _, _, after = rest.partition(end)
    found = "\n".join([*lines, f"`{command}` · {machine}, Python {platform.python_version()}"])
    PAGE.write_text(f"{before}{begin}\n\n{found}\n\n{end}{after}")


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all when none is named")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--write", action="store_true", help=f"write the result to {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    os.environ["HUDDL_PROFILE"] = "scaled"
    with launcher() as launch:
        for name in chosen.parts or PARTS:
            lines = PARTS[name](launch, chosen.people)
            print("\n".join(lines), flush=True)
            if chosen.write:
                write(name, chosen.people, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
