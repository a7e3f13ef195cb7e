"""The counting line tells the truth, also when a suite could not start."""

from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from tests.support.selection import short_of
from tests.support.suites import SUITES, Counts, chosen, read_junit, read_vitest, with_status


def test_junit_errors_count_as_failures(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>')
    assert read_junit(report) == Counts(passed=4, failed=3, skipped=3)


def test_a_web_test_file_that_does_not_load_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    report.write_text(
        '{"numPassedTests": 5, "numFailedTests": 0, "numPendingTests": 1, "numTodoTests": 1, "testResults": ['
        '{"status": "passed", "assertionResults": [{}]}, {"status": "failed", "assertionResults": []}]}'
    )
    assert read_vitest(report) == Counts(passed=5, failed=1, skipped=2)


@pytest.mark.parametrize(
    ("counts", "status", "failed"),
    [
        (Counts(passed=3), 0, 0),
        (Counts(passed=3), 1, 1),
        (Counts(passed=3, failed=2), 1, 2),
        (Counts(), 0, 1),
        (Counts(skipped=4), 0, 1),
        (Counts(), 5, 1),
    ],
)
def test_a_suite_that_ran_nothing_or_ended_badly_has_failed(counts: Counts, status: int, failed: int) -> None:
    assert with_status(counts, status).failed == failed


def test_the_last_line_has_the_form_that_is_promised() -> None:
    assert str(Counts(passed=12, skipped=1) + Counts(failed=2)) == "12 passed, 2 failed, 1 skipped"


def test_a_short_name_means_both_profiles() -> None:
    assert [suite.name for suite in chosen(["integration"])] == ["integration-embedded", "integration-scaled"]
    assert chosen([]) == list(SUITES)


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(SystemExit, match="no such suite"):
        chosen(["integraton"])


def test_a_short_selection_is_left_out_of_only_by_mark() -> None:
    """What is not kept is long; nothing is dropped, or a door would never be tried by anybody."""
    fast, *rest = short_of(["fast", "daphne", "uvicorn"], ["fast"])
    assert fast == "fast"
    assert all(isinstance(one, ParameterSet) and [mark.name for mark in one.marks] == ["long"] for one in rest)
    assert len(rest) == 2
