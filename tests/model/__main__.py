"""Tell how a broken protocol breaks: `python -m tests.model --mutant no-dedup`. Without arguments, list the mutants."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields

from .explore import Outcome
from .mutants import MUTANTS, WORLDS, Mutant, visit
from .rules import RIGHT


def told(name: str, mutant: Mutant, outcome: Outcome) -> str:
    """One violation as a story."""
    switches = ", ".join(
        f"{field.name}={getattr(mutant.rules, field.name)!r}"
        for field in fields(mutant.rules)
        if getattr(mutant.rules, field.name) != getattr(RIGHT, field.name)
    )
    lines = [f"{name} ({switches})", mutant.about, ""]
    lines += [f"  {n:2}. {text}" for n, text in enumerate(outcome.trace, 1)]
    if outcome.violation is None:
        return "\n".join([*lines, f"  nothing broken in {outcome.states} states"])
    ending = [f"  => {outcome.violation.kind.upper()}: {outcome.violation.says}", f"     {outcome.picture}"]
    return "\n".join([*lines, *ending, f"     found among {outcome.states} states, {outcome.depth} steps deep", ""])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--mutant", choices=[*MUTANTS, "all"], help="a mistake, to see where it leads")
    parser.add_argument("--right", action="store_true", help="visit every state of the right protocol, and count them")
    chosen = parser.parse_args(arguments)
    if chosen.right:
        for name, world in WORLDS.items():
            outcome = visit(world)
            verdict = outcome.violation.says if outcome.violation else "every promise kept"
            print(f"{name:48} {outcome.states:8} states {outcome.transitions:9} steps, {verdict}", flush=True)
    elif chosen.mutant:
        for name in MUTANTS if chosen.mutant == "all" else [chosen.mutant]:
            for kind in MUTANTS[name].kinds:
                print(told(name, MUTANTS[name], MUTANTS[name].story(kind)))
    else:
        for name, mutant in MUTANTS.items():
            print(f"{name:32} {mutant.about}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
