"""The table of limits and doors has no empty cell, and claims no test that there is not."""

import os
import subprocess
import sys

import pytest

from streams.conf import Conf
from tests.limits.doors import DOORS
from tests.limits.table import LIMITS, Nothing, named
from tests.support.databases import ROOT


@pytest.fixture(scope="module")
def collected() -> dict[tuple[str, str], list[str]]:
    """What pytest finds in the files that the table names, on the profile that has every door: cases by file and test."""
    files = sorted({one.file for one in named()})
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        env=os.environ | {"HUDDL_PROFILE": "embedded", "INTEGRATION": "long"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-2_000:] + found.stderr[-2_000:]
    cases: dict[tuple[str, str], list[str]] = {}
    for line in found.stdout.splitlines():
        if "::" in line:
            file, _, rest = line.partition("::")
            test, _, case = rest.partition("[")
            cases.setdefault((file, test), []).append(case.removesuffix("]"))
    return cases


def has(case: str | None, cases: list[str]) -> bool:
    """Whether one of these parameter sets is this case, or has it among others."""
    return (case is None and bool(cases)) or any(case is not None and f"-{case}-" in f"-{one}-" for one in cases)


def test_every_test_that_the_table_names_is_there(collected: dict[tuple[str, str], list[str]]) -> None:
    assert [one.node for one in named() if not has(one.case, collected.get((one.file, one.test), []))] == []


def test_a_test_that_is_not_there_is_missed(collected: dict[tuple[str, str], list[str]]) -> None:
    one = named()[0]
    cases = collected[one.file, one.test]
    assert has(one.case, cases)
    assert not has("a door nobody has", cases)
    assert not has(one.case, collected.get((one.file, "test_that_nobody_wrote"), []))


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.words)
def test_every_limit_has_a_cell_for_every_door(limit: object) -> None:
    (one,) = [each for each in LIMITS if each is limit]
    assert set(one.cells) == set(DOORS)
    assert all(cell.why.endswith(".") for cell in one.cells.values() if isinstance(cell, Nothing))
    assert set(one.settings) <= set(Conf.__dataclass_fields__)
