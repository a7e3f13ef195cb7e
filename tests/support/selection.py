"""What `make test` leaves out of a suite that can take as long as it likes when it is named: marks, and who heeds them.

`long`: left out by `make test`. `once`: the same on both profiles, so that `make test` runs it embedded alone.
"""

from collections.abc import Iterable

import pytest

from tests.support.profiles import chosen_profile

MARKS = (
    "long: left out of `make test`, for which there is the suite's own target",
    "once: the same on both profiles, so left out of the scaled one",
)


def register(config: pytest.Config) -> None:
    """Make the marks known."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the short selection."""
    here = {"long", "once"} if chosen_profile() == "scaled" else {"long"}
    left_out = [item for item in items if here & {marker.name for marker in item.iter_markers()}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def short_of(cases: Iterable[str], kept: Iterable[str]) -> list[object]:
    """These cases as parameters, all but the kept ones long."""
    short = set(kept)
    return [case if case in short else pytest.param(case, marks=pytest.mark.long) for case in cases]
