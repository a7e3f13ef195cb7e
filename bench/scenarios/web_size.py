"""What a browser downloads: the script of the first load, and the stream client alone, both gzipped.

The same tools that hold the limits in `make check` weigh here: `npm run size` of the web app and of the stream client.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from suite import machine
from suite.results import Row, save, say, summarise, table

COLUMNS = {"candidate": "what", "bytes": "bytes gzip", "limit": "at most"}
FRONTEND = machine.ROOT / "frontend"


def said(folder: Path) -> str:
    """What `npm run size` of a package says; it fails when a limit is crossed, which is a figure too."""
    environment = {**os.environ, "PATH": f"{machine.ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    command = ["npm", "run", "--silent", "size"]
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout


def weigh() -> list[Row]:
    subprocess.run(["sh", "scripts/house/web.sh"], cwd=machine.ROOT, check=True, stdout=subprocess.DEVNULL)
    rows: list[Row] = [
        {"candidate": name, "bytes": float(kilobytes) * 1e3, "limit": 170_000}
        for name, kilobytes in re.findall(r"^(\w+): ([\d.]+) kB gzip", said(FRONTEND), re.MULTILINE)
    ]
    weighed = re.search(r"(\d+) B gzip +core: .*\(at most (\d+)\)", said(FRONTEND / "packages" / "stream-client"))
    if not rows or not weighed:
        raise SystemExit("the sizes could not be read")
    return [*rows, {"candidate": "stream-client", "bytes": int(weighed[1]), "limit": int(weighed[2])}]


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    rows = weigh()
    shown = summarise(rows)
    say(table(shown, COLUMNS))
    path = save(
        "web-size",
        about=(__doc__ or "").strip(),
        rows=rows,
        summary=shown,
        skipped={},
        deliveries={},
        parameters={},
        described=machine.describe(),
    )
    say(f"\n{path}")


if __name__ == "__main__":
    main()
