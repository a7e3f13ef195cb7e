"""What a test holds of a crowd: begin it, ask it, and read in the end what it saw."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from tests.support.databases import ROOT, Person
from tests.support.processes import await_condition


@dataclass(frozen=True, slots=True)
class Seen:
    """One application of an entry."""

    seq: int
    key: str
    at: float

    def is_of(self, body: Mapping[str, object]) -> bool:
        """Whether it was the entry that the table has in this place."""
        return self.key == body.get("key", "")


@dataclass
class Followed:
    """What one member saw, in the form that the verdict judges."""

    user_id: int
    start: int
    applied: list[Seen]
    wrongs: list[str]
    resets: list[tuple[str, str]]
    stopped_by: int | None
    dark: list[tuple[float, float]]
    codes: list[int]
    refused: int
    late: float

    @property
    def seqs(self) -> list[int]:
        return [one.seq for one in self.applied]

    @property
    def since_reset(self) -> list[Seen]:
        """A crowd is never reset; whoever is fails."""
        return self.applied

    def __str__(self) -> str:
        return f"member {self.user_id}"


@dataclass
class Report:
    """What a crowd saw."""

    members: list[Followed]
    attempts: list[float]
    refusals: list[float]
    slots: list[int]

    def blackout(self, since: float) -> float:
        """The longest time that any member was not live, of those that ended after `since`."""
        return max((until - begun for one in self.members for begun, until in one.dark if begun >= since), default=0.0)

    @property
    def latest(self) -> float:
        """Seconds that the latest of all entries took from its recording to a member."""
        return max((one.late for one in self.members), default=0.0)


@dataclass
class Crowd:
    """Everybody of `people`, each following their own stream over `ports`, one after the other."""

    people: Sequence[Person]
    ports: Sequence[int]
    folder: Path
    seed: int = 1
    jitter: bool = True
    coming: float = 2.0
    """Seconds over which they come."""
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crowd.program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        people = [[one.id, one.access] for one in self.people]
        told = {"people": people, "ports": list(self.ports), "seed": self.seed, "jitter": self.jitter}
        self._tell(told | {"within": self.coming})
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        assert process is not None
        for pipe in (process.stdin, process.stdout):
            _of(pipe).close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def ask(self, what: str, **named: Any) -> dict[str, Any]:
        """One question to the process, and its answer."""
        return self._tell({"ask": what} | named)

    def await_live(self, count: int | None = None, *, within: float) -> None:
        """Wait until so many, or all, are live."""
        wanted = len(self.people) if count is None else count
        await_condition(
            lambda: self.ask("live")["live"] >= wanted, within=within, about=f"{wanted} are live", every=0.05
        )

    def await_heads(self, heads: Mapping[int, int], *, within: float) -> float:
        """Wait until everybody has applied everything; seconds it took."""
        began = time.monotonic()
        asked = {str(user_id): head for user_id, head in heads.items()}
        await_condition(
            lambda: self.ask("reach", heads=asked)["behind"] == 0,
            within=within,
            about="everybody has applied everything",
            every=0.1,
        )
        return time.monotonic() - began

    def report(self) -> Report:
        """Everything that was seen."""
        path = self.folder / "crowd.json"
        self.ask("report", to=str(path))
        told = json.loads(path.read_text())
        keys: list[str] = told["keys"]
        members = [self._followed(one, keys) for one in told["members"]]
        return Report(members, told["attempts"], told["refusals"], told["slots"])

    def _followed(self, told: dict[str, Any], keys: Sequence[str]) -> Followed:
        seqs, numbers, moments = (told.pop(name) for name in ("seqs", "keys", "at"))
        applied = [Seen(seq, keys[number], at) for seq, number, at in zip(seqs, numbers, moments, strict=True)]
        dark, resets = ([tuple(one) for one in told.pop(name)] for name in ("dark", "resets"))
        return Followed(applied=applied, dark=dark, resets=resets, **told)

    def _tell(self, told: dict[str, Any]) -> dict[str, Any]:
        assert self._process is not None
        to, answers = _of(self._process.stdin), _of(self._process.stdout)
        to.write(json.dumps(told) + "\n")
        to.flush()
        answer: dict[str, Any] = json.loads(answers.readline())
        return answer


def _of(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def most_within(moments: Iterable[float], seconds: float) -> int:
    """The most moments that lie in any span of so many seconds."""
    ordered = sorted(moments)
    most = first = 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
