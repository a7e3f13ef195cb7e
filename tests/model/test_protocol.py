"""The right protocol keeps every promise in every state, and each mistake breaks one in a way that can be told."""

from functools import cache
from pathlib import Path

import pytest

from .__main__ import told
from .explore import Outcome
from .mutants import MUTANTS, WORLDS, AnyWorld, visit
from .rules import RIGHT, Rules

PAGE = Path(__file__).parents[2] / "docs" / "explain" / "model.md"
STORIES = [(name, kind) for name, mutant in MUTANTS.items() for kind in mutant.kinds]


@cache
def visited(world: AnyWorld) -> Outcome:
    """Worlds are values: one that several tests stand on is searched once."""
    return visit(world)


@pytest.mark.parametrize("name", WORLDS)
def test_every_state_of_the_right_protocol_keeps_every_promise(name: str) -> None:
    outcome = visited(WORLDS[name])
    print(f"\n{name}: {outcome.states:,} states, {outcome.transitions:,} steps, {outcome.depth} deep")
    assert outcome.violation is None, "\n".join([*outcome.trace, outcome.picture])
    assert f"| {name} | {outcome.states:,} |" in PAGE.read_text(), "docs/explain/model.md tells of another search"


@pytest.mark.parametrize(("name", "kind"), STORIES)
def test_a_mistake_breaks_a_promise_and_tells_how(name: str, kind: str) -> None:
    mutant = MUTANTS[name]
    outcome = mutant.story(kind)
    story = told(name, mutant, outcome)
    print(f"\n{story}")
    assert outcome.violation is not None, story
    assert outcome.violation.kind == kind, story
    assert outcome.trace, story
    assert outcome.trace[-1] in story


@pytest.mark.parametrize("name", MUTANTS)
def test_the_world_of_a_mistake_holds_without_the_mistake(name: str) -> None:
    outcome = visited(MUTANTS[name].world)
    assert outcome.violation is None, "\n".join(outcome.trace)


def test_every_rule_has_a_mistake_that_breaks_it() -> None:
    """A bare hint is allowed, so it is no mistake by itself."""
    turned = {rule for mutant in MUTANTS.values() for rule in _differences(mutant.rules)}
    assert turned == set(Rules.__dataclass_fields__)


def test_every_mistake_is_told_of_on_the_page() -> None:
    page = PAGE.read_text()
    assert [name for name in MUTANTS if f"`{name}`" not in page] == []


def _differences(rules: Rules) -> set[str]:
    return {rule for rule in Rules.__dataclass_fields__ if getattr(rules, rule) != getattr(RIGHT, rule)}
