"""The search itself: shortest ways first, cycles found, each kind of step weighed as it says."""

from dataclasses import dataclass

import pytest

from .explore import Kind, Steps, TooManyStates, Violation, explore

Edge = tuple[int, int, Kind]


@dataclass(frozen=True)
class Graph:
    """A world whose states are numbers, starting at 0, and which breaks promises where it is told to."""

    edges: tuple[Edge, ...]
    bad: frozenset[int] = frozenset()
    unfinished: frozenset[int] = frozenset()
    waiting: frozenset[int] = frozenset()

    def initial(self) -> int:
        return 0

    def steps(self, state: int) -> Steps[int]:
        return ((kind, f"{a} to {b}", b) for a, b, kind in self.edges if a == state)

    def canonical(self, state: int) -> int:
        return state

    def broken(self, state: int) -> Violation | None:
        return Violation("bad", "") if state in self.bad else None

    def unserved(self, state: int) -> Violation | None:
        return Violation("waiting", "") if state in self.waiting else None

    def unsettled(self, state: int) -> Violation | None:
        return Violation("unfinished", "") if state in self.unfinished else None

    def picture(self, state: int) -> str:
        return str(state)


def edges(kind: Kind, *pairs: tuple[int, int]) -> tuple[Edge, ...]:
    return tuple((a, b, kind) for a, b in pairs)


def test_the_shortest_way_is_told() -> None:
    graph = Graph(edges(Kind.WORLD, (0, 1), (1, 2), (2, 9), (0, 3), (3, 9)), bad=frozenset({9}))
    outcome = explore(graph)
    assert outcome.trace == ("0 to 3", "3 to 9")
    assert outcome.picture == "9"


def test_every_state_is_visited_once() -> None:
    outcome = explore(Graph(edges(Kind.WORLD, (0, 1), (0, 2), (1, 3), (2, 3), (3, 0))))
    assert (outcome.states, outcome.transitions, outcome.depth) == (4, 5, 2)
    assert outcome.violation is None


def test_what_only_the_world_can_leave_must_be_finished() -> None:
    graph = Graph(edges(Kind.WORLD, (0, 1)), unfinished=frozenset({1}))
    assert explore(graph).violation == Violation("unfinished", "")


@pytest.mark.parametrize("kind", [Kind.DUTY, Kind.RESCUE])
def test_what_the_protocol_leaves_by_itself_need_not_be_finished(kind: Kind) -> None:
    assert explore(Graph(edges(kind, (0, 1)), unfinished=frozenset({0}))).violation is None


def test_what_only_a_timer_leaves_must_not_be_waiting() -> None:
    assert explore(Graph(edges(Kind.RESCUE, (0, 1)), waiting=frozenset({0}))).violation == Violation("waiting", "")
    assert explore(Graph(edges(Kind.DUTY, (0, 1)), waiting=frozenset({0}))).violation is None


def test_the_protocol_must_not_go_round_for_ever() -> None:
    spinning = Graph((*edges(Kind.WORLD, (0, 1)), *edges(Kind.DUTY, (1, 2)), *edges(Kind.RESCUE, (2, 1))))
    outcome = explore(spinning)
    assert outcome.violation is not None
    assert outcome.violation.kind == "livelock"
    assert outcome.trace == ("0 to 1",)


def test_the_world_may_go_round_for_ever() -> None:
    assert explore(Graph((*edges(Kind.WORLD, (0, 1)), *edges(Kind.DUTY, (1, 0))))).violation is None


def test_a_kind_not_asked_for_is_passed_over() -> None:
    graph = Graph(edges(Kind.WORLD, (0, 1), (1, 2)), bad=frozenset({1}), unfinished=frozenset({2}))
    outcome = explore(graph, only=frozenset({"unfinished"}))
    assert outcome.violation == Violation("unfinished", "")
    assert outcome.trace == ("0 to 1", "1 to 2")


def test_a_world_beyond_its_bound_is_refused() -> None:
    with pytest.raises(TooManyStates):
        explore(Graph(edges(Kind.WORLD, (0, 1), (1, 2))), limit=1)
