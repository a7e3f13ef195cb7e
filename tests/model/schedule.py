"""What the schedules that Hypothesis chooses have in common: a table to which things happen, promises that hold after every step,
and an end at which everything must settle.

Imports timeline.
"""

from typing import Protocol

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from .timeline import FACTS, Table

RESTORES = 2
ANY = st.integers(min_value=0, max_value=63)
"""Which of several: taken modulo their number."""


class World(Protocol):
    table: Table

    def check(self) -> None:
        """Promises that hold at any moment."""

    def settle(self) -> None:
        """Faults have stopped. What happens by itself must be enough to lose nothing."""


class Schedule(RuleBasedStateMachine):
    """One part moves at a time, in any order. What begins a schedule makes its world."""

    world: World

    @precondition(lambda self: self.world.table.made < len(FACTS))
    @rule()
    def commit(self) -> None:
        self.world.table = self.world.table.committed()

    @precondition(lambda self: self.world.table.floor < len(self.world.table.log))
    @rule()
    def trim(self) -> None:
        self.world.table = self.world.table.trimmed()

    @precondition(lambda self: len(self.world.table.past) < RESTORES and self.world.table.log)
    @rule(length=ANY)
    def restore(self, length: int) -> None:
        self.world.table = self.world.table.restored(length % len(self.world.table.log), rotate=True)

    @invariant()
    def promises_hold(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle()


def thorough(examples: int) -> settings:
    """So many schedules, the same ones in every run."""
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


QUICK = settings(thorough(1_000), phases=[Phase.generate])
"""To find out whether a mistake shows at all."""
