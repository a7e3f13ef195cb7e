"""The clients of a crowd come back by the rules that the web client keeps: both are held against protocol/backoff.json."""

import json

import pytest

from tests.support.crowd.crowd import most_within
from tests.support.crowd.rules import delay_after, verdict
from tests.support.databases import ROOT

GOLDEN = json.loads((ROOT / "protocol" / "backoff.json").read_text())


@pytest.mark.parametrize("case", GOLDEN["delays"], ids=lambda case: case["about"])
def test_a_client_waits_as_long_as_the_protocol_says(case: dict[str, float]) -> None:
    seconds = delay_after(
        int(case["code"]), welcomed=bool(case["welcomed"]), attempts=int(case["attempts"]), random=case["random"]
    )
    assert seconds * 1000 == pytest.approx(case["ms"])


@pytest.mark.parametrize(
    ("code", "told"), [(code, told) for told, codes in GOLDEN["verdicts"].items() for code in codes]
)
def test_the_range_of_a_close_code_is_the_instruction(code: int, told: str) -> None:
    assert verdict(code) == told


def test_the_most_in_a_span_is_found_wherever_the_span_begins() -> None:
    assert most_within([0.0, 0.95, 1.0, 1.05, 3.0], 0.1) == 2
    assert most_within([0.0, 0.95, 1.0, 1.05, 3.0], 0.11) == 3
    assert most_within([], 1.0) == 0
