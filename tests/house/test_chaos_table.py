"""The table of faults tells what the run has shown, and nothing more."""

from pathlib import Path

import pytest

from tests.chaos import form, results, table
from tests.support.suites import CHAOS_EMBEDDED, CHAOS_SCALED, ROOT
from tests.support.verdict import Verdict


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of its own, which is in the module test_fire."""
    monkeypatch.setattr(results, "CHAOS_RESULTS", tmp_path / "chaos")
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/chaos/test_fire.py::test_it (call)")
    monkeypatch.delenv("CHAOS", raising=False)


def burnt(**found: list[str]) -> form.Outcome:
    verdict = Verdict(events=120, clients=3, **found)
    return form.Outcome(verdict, healed=0.5, blackout=2.25, memory=100 * 1024, peak=150 * 1024, seed=7, latest=1.5)


def test_a_row_has_the_profile_the_seed_and_both_figures_of_memory() -> None:
    results.kept("fire", burnt(), "no_hose")
    results.caught("no_hose")
    assert (
        "| fire, seed 7 | embedded | 120 | 3 | 0 | 0 | 0 | 0 | 0.5 | 1.5 | 2.2 | 150 | 100 | `no_hose` |"
        in table.table()
    )


def test_what_is_lost_stands_in_the_table() -> None:
    results.kept("fire", burnt(lost=["a", "b"]), "no_hose")
    assert "| 120 | 3 | 2 | 0 |" in table.table()


def test_a_mistake_that_this_run_has_not_caught_is_not_claimed() -> None:
    results.kept("fire", burnt(), "no_hose")
    results.caught("another")
    assert "`no_hose` (not tried)" in table.table()


def test_a_case_that_did_not_come_to_its_end_is_a_row() -> None:
    results.failed("fire", form.TooLong("healed after 9 s\nand more"))
    assert "| fire | embedded | FAILED: healed after 9 s |" in table.table()
    with pytest.raises(SystemExit, match="fire"):
        table.write()


def test_what_was_skipped_is_told_with_the_reason_unless_it_belongs_elsewhere() -> None:
    results.skipped("test_fire", "needs root")
    results.skipped("test_water", results.SCALED)
    told = table.table()
    assert "- test_fire (embedded): needs root" in told
    assert "test_water" not in told


def test_the_short_form_does_not_get_into_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOS", "short")
    results.kept("fire", burnt(), "no_hose")
    with pytest.raises(SystemExit, match="fire"):
        table.write()


@pytest.mark.parametrize("path", [*CHAOS_EMBEDDED, *CHAOS_SCALED])
def test_what_is_selected_exists(path: str) -> None:
    assert (ROOT / path).exists()
