"""*Snapshot before + its events, applied by a client's reducers = snapshot after*, for every event type there is.

A type that is defined and has no recipe fails here, as does one whose recorded pair in protocol/snapshots is missing: the
web app's reducers are held to the same pairs. `HUDDL_RECORD=1 pytest tests/integration/snapshots` records them anew.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from streams.events import registered
from streams.models import Job
from tests.support.people import entries_of

from . import reducers
from .kinds import all_recipes
from .recipes import EVERYWHERE, Recipe, Town, town

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

FOLDER = Path(__file__).resolve().parents[3] / "protocol" / "snapshots"
RECIPES = all_recipes()
CASES = [pytest.param(name, at, id=f"{name}-{at}") for name in RECIPES for at in range(len(RECIPES[name]))]
START = datetime(2026, 11, 23, 6, 20, tzinfo=UTC)


def snapshot(town: Town, recipe: Recipe, paths: list[str]) -> tuple[dict[str, Any], int]:
    """What the reader sees, as JSON, and the seq of the cursor that the first answer came with."""
    seen: dict[str, Any] = {}
    seqs: list[int] = []
    for path in paths:
        response = town.clients[recipe.reader].get(path)
        assert response.status_code in (200, 404), (path, response.data)
        if response.status_code == 200:
            seen[path] = json.loads(response.content)
            seqs.append(int(response["Stream-Cursor"].rpartition(".")[2]))
    return seen, min(seqs)


def lived(name: str, recipe: Recipe) -> dict[str, Any]:
    """What happens in a recipe: before, entries, after."""
    Job.objects.all().delete()  # one that migrations left has a number that the sequence gives again
    here = town()
    recipe.first(here)
    paths = list(dict.fromkeys([*EVERYWHERE, *recipe.paths(here)]))
    before, seq = snapshot(here, recipe, paths)
    recipe.do(here)
    reader = here[recipe.reader]
    entries = [{"seq": seq + at, **entry} for at, entry in enumerate(entries_of(reader, after=seq), start=1)]
    after, _ = snapshot(here, recipe, paths)
    assert name in {entry["type"] for entry in entries}
    return {"type": name, "reader": reader.pk, "before": before, "entries": entries, "after": after}


def test_every_event_type_has_a_recipe_and_a_recorded_pair() -> None:
    types = set(registered()) - {"redacted"}
    assert types == set(RECIPES)
    if not os.environ.get("HUDDL_RECORD"):
        assert {path.stem for path in FOLDER.glob("*.json")} == types


@pytest.mark.parametrize(("name", "at"), CASES)
def test_before_and_its_events_are_after(name: str, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.models.new_epoch", lambda: "k3x9")
    monkeypatch.setattr("streams.heads.new_epoch", lambda: "k3x9")
    with time_machine.travel(START, tick=True):
        told = lived(name, RECIPES[name][at])
    held = told["before"]
    for entry in told["entries"]:
        held = reducers.reduce(held, entry, me=told["reader"])
        assert reducers.reduce(held, entry, me=told["reader"]) == held, "applying an entry twice must be harmless"
    for path, expected in told["after"].items():
        assert held[path] == expected, path
    assert set(told["after"]) <= set(held)
    if os.environ.get("HUDDL_RECORD"):
        _record(name, at, told)


def _record(name: str, at: int, told: dict[str, Any]) -> None:
    """A file a type, a pair a recipe."""
    path = FOLDER / f"{name}.json"
    pairs = [] if at == 0 or not path.exists() else json.loads(path.read_text())["pairs"]
    pair = {member: value for member, value in told.items() if member != "type"}
    path.write_text(json.dumps({"type": name, "pairs": [*pairs, pair]}, indent=1, ensure_ascii=False) + "\n")
