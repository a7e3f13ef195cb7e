"""What the cases of a run came to, a file each under test-results/chaos: rows of the table, mistakes that were caught, and
cases that were skipped with the reason. A run begins with an empty folder, so nothing survives from an earlier one.
"""

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.profiles import chosen_profile
from tests.support.suites import CHAOS_RESULTS

if TYPE_CHECKING:
    from tests.chaos.form import Outcome

SCALED, EMBEDDED = "the scaled profile's", "the embedded profile's"
SHORT = "the short form tests the product, not the tests"
ELSEWHERE = (SCALED, EMBEDDED, SHORT, "several processes are the scaled profile's")
"""Reasons to skip that say where a case belongs; every other one leaves a gap in the table."""


def form() -> str:
    """short: the selection without mistakes; normal; long: with the long pauses."""
    return os.environ.get("CHAOS", "normal")


def long() -> bool:
    """Whether faults last as long as they are said to at most."""
    return form() == "long"


def case() -> str:
    """The module of the running case, which its faults and its mistakes have in common."""
    return os.environ["PYTEST_CURRENT_TEST"].partition("::")[0].rpartition("/")[2].removesuffix(".py")


def kept(fault: str, outcome: "Outcome", catches: str) -> None:
    """A case came to its end."""
    found = asdict(outcome)
    verdict = found.pop("verdict")
    row = {"catches": catches, "events": verdict.pop("events"), "clients": verdict.pop("clients")}
    row |= {kind: len(examples) for kind, examples in verdict.items()}
    _write("row", fault, row | found)


def failed(fault: str, why: AssertionError) -> None:
    """A case did not come to its end."""
    _write("row", fault, {"failed": str(why).partition("\n")[0]})


def caught(mistake: str) -> None:
    """This module's fault has brought the mistake to light."""
    _write("caught", f"{case()} {mistake}", {"mistake": mistake})


def skipped(name: str, why: str) -> None:
    """A case did not run. What belongs to the other profile or form is no gap."""
    if why not in ELSEWHERE:
        _write("skipped", name, {"why": why})


def read(kind: str) -> list[dict[str, Any]]:
    """What was written of one kind, by name and profile."""
    found = [json.loads(path.read_text()) for path in CHAOS_RESULTS.glob(f"{kind}.*.json")]
    return sorted(found, key=lambda one: (str(one["name"]).lower(), one["profile"]))


def _write(kind: str, name: str, members: dict[str, Any]) -> None:
    CHAOS_RESULTS.mkdir(parents=True, exist_ok=True)
    profile = chosen_profile()
    told = {"name": name, "profile": profile, "form": form(), "case": case()} | members
    _path(kind, name, profile).write_text(json.dumps(told) + "\n")


def _path(kind: str, name: str, profile: str) -> Path:
    return CHAOS_RESULTS / f"{kind}.{re.sub('[^a-z0-9]+', '-', name.lower())}.{profile}.json"
