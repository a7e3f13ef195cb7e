"""`python -m bench [scenario …]` runs the suite, `python -m bench report` writes its tables and plots."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import report
import run

if sys.argv[1:] == ["report"]:
    report.main()
else:
    sys.exit(run.main(sys.argv[1:]))
