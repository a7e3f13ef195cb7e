"""Visit every state a small world can reach, and give the shortest way to a broken one.

Tests that run the real program try the interleavings the machine happens to produce. A delivery promise is broken by
the one nobody produced, so the protocol is also written down as a *world*: a value, and the steps that lead from it.
Breadth first search over values visits all of them, and the first broken state it meets has the shortest story.

Steps come in three kinds, which is how "nothing is lost" becomes something a finite search can decide:

- `WORLD` may happen, or never: commits, crashes, cuts, hints that arrive, restores.
- `DUTY` happens, once enabled, without anybody's help: a query answers, a frame is read.
- `RESCUE` happens too, but late, because a timer drives it: the sweep, the ping, the retry.

Where no DUTY and no RESCUE is left the protocol has done all it will ever do: there every client must equal the table.
Where only RESCUE is left, whoever has been told must have been served already. And no cycle may consist of DUTY and
RESCUE alone, or the protocol could spin for ever without arriving.

Imports the standard library only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Generic, NamedTuple, Protocol, TypeVar


class Kind(IntEnum):
    """Who makes a step happen, and with what certainty."""

    WORLD = 0
    DUTY = 1
    RESCUE = 2


class Violation(NamedTuple):
    """A promise that does not hold: a stable `kind` for tests, a sentence for people."""

    kind: str
    says: str


S = TypeVar("S", bound=Hashable)
Steps = Iterator[tuple[Kind, str, S]]


class World(Protocol[S]):
    """What the search needs to know of a model. States are immutable, hashable values."""

    def initial(self) -> S: ...

    def steps(self, state: S) -> Steps[S]:
        """Every step possible from `state`: its kind, what a story would say, and where it leads."""
        ...

    def canonical(self, state: S) -> S:
        """One representative of all states that differ only in names."""
        ...

    def broken(self, state: S) -> Violation | None:
        """A promise that must hold in every state."""
        ...

    def unserved(self, state: S) -> Violation | None:
        """A promise that must hold where only timers are left."""
        ...

    def unsettled(self, state: S) -> Violation | None:
        """A promise that must hold where nothing is left to do."""
        ...

    def picture(self, state: S) -> str:
        """The state in one line."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found: `violation` is None when every state keeps every promise."""

    states: int
    transitions: int
    depth: int
    violation: Violation | None = None
    trace: tuple[str, ...] = ()
    picture: str = ""


class TooManyStates(RuntimeError):
    """The world is larger than its bound; make it smaller rather than the bound larger."""


@dataclass(slots=True)
class _Map(Generic[S]):
    """The states seen so far, in order of discovery, each with the one it was first reached from."""

    states: list[S] = field(default_factory=list)
    index: dict[S, int] = field(default_factory=dict)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    fair: list[list[int]] = field(default_factory=list)
    transitions: int = 0

    def add(self, state: S, parent: int) -> int:
        at = self.index[state] = len(self.states)
        self.states.append(state)
        self.parents.append(parent)
        self.depths.append(self.depths[parent] + 1 if parent >= 0 else 0)
        self.fair.append([])
        return at


def explore(
    world: World[S], *, only: frozenset[str] | None = None, symmetric: bool = True, limit: int = 1_000_000
) -> Outcome:
    """Visit every reachable state of `world`; stop at the first violation.

    `only` names the kinds of violation to look for; others are passed over, to find the story behind a symptom.
    `symmetric=False` keeps names apart, which costs states and makes stories readable.
    Raises `TooManyStates` beyond `limit`.
    """
    seen: _Map[S] = _Map()
    start = world.initial()
    seen.add(world.canonical(start) if symmetric else start, -1)
    queue = deque([0])
    while queue:
        at = queue.popleft()
        for violation in (world.broken(seen.states[at]), _visit(world, seen, at, queue, symmetric)):
            if violation is not None and (only is None or violation.kind in only):
                return _found(world, seen, at, violation, symmetric)
        if len(seen.states) > limit:
            raise TooManyStates(f"more than {limit} states")
    spinning = _on_a_cycle(seen.fair)
    if spinning is not None and (only is None or "livelock" in only):
        endless = Violation("livelock", "from here the protocol can go round for ever by its own steps")
        return _found(world, seen, spinning, endless, symmetric)
    return Outcome(len(seen.states), seen.transitions, max(seen.depths))


def _visit(world: World[S], seen: _Map[S], at: int, queue: deque[int], symmetric: bool) -> Violation | None:
    """Find what follows a state; where that is little, see whether what should be done by now is done."""
    state = seen.states[at]
    duty = rescue = False
    for kind, _, reached in world.steps(state):
        seen.transitions += 1
        after = world.canonical(reached) if symmetric else reached
        there = seen.index.get(after)
        if there is None:
            there = seen.add(after, at)
            queue.append(there)
        if kind is not Kind.WORLD:
            seen.fair[at].append(there)
            duty = duty or kind is Kind.DUTY
            rescue = rescue or kind is Kind.RESCUE
    if duty:
        return None
    return world.unserved(state) or (None if rescue else world.unsettled(state))


def _found(world: World[S], seen: _Map[S], at: int, violation: Violation, symmetric: bool) -> Outcome:
    path = [at]
    while seen.parents[path[-1]] >= 0:
        path.append(seen.parents[path[-1]])
    path.reverse()
    states = [seen.states[i] for i in path]
    trace = tuple(_told(world, states, symmetric))
    return Outcome(len(seen.states), seen.transitions, len(path) - 1, violation, trace, world.picture(states[-1]))


def _told(world: World[S], states: Sequence[S], symmetric: bool) -> Iterator[str]:
    for before, after in pairwise(states):
        for _, text, reached in world.steps(before):
            if (world.canonical(reached) if symmetric else reached) == after:
                yield text
                break


def _on_a_cycle(edges: Sequence[Sequence[int]]) -> int | None:
    """The first state on a cycle of `edges` (Kahn's algorithm: what cannot be taken away lies on or behind one)."""
    entering = [0] * len(edges)
    for targets in edges:
        for target in targets:
            entering[target] += 1
    free = [at for at, count in enumerate(entering) if count == 0]
    left = len(edges)
    while free:
        left -= 1
        for target in edges[free.pop()]:
            entering[target] -= 1
            if entering[target] == 0:
                free.append(target)
    return None if left == 0 else next(at for at, count in enumerate(entering) if count > 0)
