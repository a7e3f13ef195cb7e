"""`python -m bench [scenario …]` runs the suite, `python -m bench report` writes its tables, plots and the capacity page."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import capacity
import report
import run
from suite.results import write

if sys.argv[1:] == ["report"]:
    write({**report.files(), **capacity.files()})
else:
    sys.exit(run.main(sys.argv[1:]))
