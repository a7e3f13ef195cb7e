"""No hot path costs a fifth more than it did when it was measured. Counts, not wall-clock: they fail on any machine alike."""

import pytest

from tests.guards.budgets import hold
from tests.guards.paths import PATHS


@pytest.mark.parametrize("path", PATHS)
def test_it_stays_within_its_budget(path: str) -> None:
    hold(path, PATHS[path]())
