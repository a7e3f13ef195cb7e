"""The pages of measured figures, the front page's among them, from the result files under bench/results.

`make bench` measures; this only writes down. The same result files give the same text, so a figure typed by hand is drift.
"""

import importlib
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[2] / "bench"
OWNS = ("bench/plots/*.svg",)


def files() -> dict[str, str]:
    """Tables, plots, the capacity page, and README.md with its block of figures."""
    sys.path.insert(0, str(BENCH))
    try:
        report, capacity = (importlib.import_module(name) for name in ("report", "capacity"))
    finally:
        sys.path.remove(str(BENCH))
    return {**report.files(), **capacity.files()}
