"""The frame every scenario runs in: choose candidates, start them, repeat, compare, save.

Repetitions are the outer loop and candidates the inner one, so that a slow minute of the machine meets all of them, and
each repetition's ratio is taken against the reference of that same repetition. A candidate that cannot be installed or
falls over says so and is skipped; the others go on.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from subprocess import SubprocessError

from suite import machine
from suite.candidate import Candidate, Running, Stage, open_stage
from suite.load_client import LoadClient
from suite.processes import Program
from suite.results import Row, save, say, summarise, table
from suite.tools import Missing

REFERENCE = "reference"


@dataclasses.dataclass
class Run:
    """One scenario being measured."""

    scenario: str
    about: str
    options: argparse.Namespace
    candidates: list[Candidate]
    skipped: dict[str, str] = dataclasses.field(default_factory=dict)
    rows: list[Row] = dataclasses.field(default_factory=list)

    def attempt(self, candidate: Candidate, what: Callable[[], Row | list[Row] | None], *, repetition: int = 0) -> None:
        """Do one measurement; a candidate that fails is noted and left out from here on."""
        if candidate.name in self.skipped:
            return
        try:
            made = what()
        except (Missing, RuntimeError, OSError, SubprocessError) as problem:
            self.skip(candidate, str(problem))
            return
        for row in made if isinstance(made, list) else [made] if made else []:
            self.rows.append({"candidate": candidate.name, "repetition": repetition, **row})

    def skip(self, candidate: Candidate, reason: str) -> None:
        self.skipped[candidate.name] = reason
        say(f"  {candidate.name}: skipped, {reason}")

    def compare(self, member: str, *, within: Iterable[str] = ("repetition",)) -> None:
        """Give every row its ratio to the reference's row that agrees in `within`."""
        keys = tuple(within)
        limits = {
            tuple(row.get(key) for key in keys): row[member] for row in self.rows if row["candidate"] == REFERENCE
        }
        for row in self.rows:
            limit = limits.get(tuple(row.get(key) for key in keys))
            if limit and member in row:
                row[f"{member}_ratio"] = row[member] / limit

    def finish(self, columns: dict[str, str], *, by: Iterable[str] = ("candidate",)) -> list[Row]:
        summary = summarise(self.rows, by=by)
        say()
        say(table(summary, columns))
        if self.options.candidates and not self.options.keep:
            say("\nnot saved: only some candidates ran (--keep saves it as the scenario's result)")
            return summary
        path = save(
            self.scenario,
            about=self.about,
            rows=self.rows,
            summary=summary,
            skipped=self.skipped,
            deliveries={candidate.name: candidate.delivery for candidate in self.candidates},
            parameters={key: value for key, value in vars(self.options).items() if key != "candidates"},
            described=machine.describe(),
        )
        say(f"\n{path}")
        return summary


def parser(about: str | None) -> argparse.ArgumentParser:
    """Options every scenario understands."""
    made = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    made.add_argument("--candidates", nargs="*", help="only these, or `all` (default: this scenario's usual ones)")
    made.add_argument("--keep", action="store_true", help="save the result although candidates were chosen")
    made.add_argument("--repetitions", type=int, default=3)
    return made


def begin(
    scenario: str,
    about: str | None,
    options: argparse.Namespace,
    suited: list[Candidate],
    *,
    usual: Iterable[str] = (),
) -> Run:
    """Pick the candidates that were asked for and can run here; `usual` are those that run when none is named."""
    machine.raise_descriptor_limit()
    # a plain SIGTERM would leave every server behind: this way all `with` blocks end what they started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    suitable = [candidate.name for candidate in suited]
    wanted = suitable if options.candidates == ["all"] else options.candidates or list(usual) or suitable
    unknown = set(wanted) - {candidate.name for candidate in suited}
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(c.name for c in suited)}")
    run = Run(scenario, (about or "").strip(), options, [c for c in suited if c.name in wanted])
    say(f"{scenario}: {run.about.partition(chr(10))[0]}")
    for candidate in list(run.candidates):
        try:
            reason = candidate.missing()
        except (Missing, OSError) as problem:
            reason = str(problem)
        if reason:
            run.skip(candidate, reason)
    return run


@dataclasses.dataclass
class Connected:
    """A candidate that is up, with the load client's sockets open on it."""

    candidate: Candidate
    running: Running
    load: LoadClient
    opened: Row
    redis: Program

    def beside_seconds(self) -> float:
        """CPU seconds of what shares the other core: the load client, the publisher and Redis."""
        programs = {self.load.program, self.redis, *self.running.publishers}
        if self.running.unicast:
            programs.add(self.running.unicast.program)
        return sum(one.cpu_seconds() for one in programs)


def connect(
    run: Run, stage: Stage, candidate: Candidate, *, connections: int, shared: bool = False
) -> Connected | None:
    """Start one candidate and open its sockets; None (and noted) when it does not come up whole."""
    if candidate.name in run.skipped:
        return None
    try:
        running = candidate.start(stage, users=connections, shared=shared)
        load = LoadClient(running.address, most=connections + 100)
        stage.later(load.close)
        opened = load.open(connections, seconds=90)
    except (Missing, RuntimeError, OSError, SubprocessError) as problem:
        run.skip(candidate, f"did not start: {problem}")
        return None
    if opened["ready"] < connections:
        words = running.programs[0].last_words()
        run.skip(candidate, f"only {opened['ready']} of {connections} sockets came up {words}")
        return None
    return Connected(candidate, running, load, opened, stage.redis_program)


@contextmanager
def everybody(run: Run, *, connections: int, shared: bool = False) -> Iterator[list[Connected]]:
    """All candidates up at once, each with its sockets open."""
    with open_stage() as stage:
        found = (connect(run, stage, each, connections=connections, shared=shared) for each in run.candidates)
        yield [each for each in found if each]
