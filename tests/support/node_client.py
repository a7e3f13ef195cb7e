"""The real client, stream-client under Node, as a follower: it logs every call of the application's handler.

The harness is frontend/packages/stream-client/harness/client.ts. A crash of the client is a kill of its process; the
cursor file is what its storage would be.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.support.databases import ROOT
from tests.support.follower import Applied
from tests.support.processes import Leashed, await_condition

HARNESS = ROOT / "frontend" / "packages" / "stream-client" / "harness" / "client.ts"


def node() -> str:
    """The Node of the project, or the machine's."""
    own = Path(sys.executable).with_name("node")
    found = str(own) if own.exists() else shutil.which("node")
    if not found:
        raise AssertionError("there is no Node; `make install` fetches one")
    return found


class NodeFollower:
    """Follows one stream with the real client. Looks like a `Follower` to the verdict."""

    def __init__(
        self, *, user_id: int, token: str, base: str, folder: Path, seed: int = 1, transports: str = "websocket"
    ) -> None:
        self.user_id = user_id
        self.cursor_file = folder / f"cursor-{user_id}"
        self.log = folder / f"node-{user_id}.log"
        self.command = [
            *(node(), str(HARNESS), "--base", base, "--token", token, "--cursor-file", str(self.cursor_file)),
            *("--transports", transports, "--seed", str(seed)),
        ]
        self.process: Leashed | None = None
        self.wrongs: list[str] = []
        self.stopped_by: int | None = None
        self.crashes = 0

    def begin(self) -> "NodeFollower":
        self.process = Leashed(self.command, log=self.log, env=dict(os.environ))
        self.process.await_ready(lambda: self.start is not None, within=20, about=f"{self} is live")
        return self

    def crash(self) -> None:
        """Kill -9 the client and start it anew: what it had applied and not stored may come again."""
        assert self.process is not None
        self.process.kill()
        self.crashes += 1
        self.process = Leashed(self.command, log=self.log, env=dict(os.environ))

    def end(self) -> None:
        if self.process is not None and self.process.running:
            self.process.kill()

    @property
    def lines(self) -> list[dict[str, Any]]:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]

    @property
    def start(self) -> int | None:
        """Where the application's first snapshot stood."""
        first = next((line for line in self.lines if line["event"] == "snapshot"), None)
        return None if first is None else int(first["cursor"].rpartition(".")[2])

    @property
    def applied(self) -> list[Applied]:
        return [
            Applied(line["entry"]["seq"], str(line["entry"].get("key")), line["ms"] / 1000, line["entry"])
            for line in self.lines
            if line["event"] == "entry"
        ]

    @property
    def seqs(self) -> list[int]:
        return [one.seq for one in self.applied]

    @property
    def seq(self) -> int:
        return max([*self.seqs, self.start or 0])

    @property
    def resets(self) -> list[tuple[str, str]]:
        """Snapshots after the first."""
        snapshots = [line for line in self.lines if line["event"] == "snapshot"]
        return [(line["reason"], line["cursor"]) for line in snapshots[1:]]

    def await_seq(self, seq: int, *, within: float) -> None:
        await_condition(lambda: self.seq >= seq, within=within, about=f"{self} at {self.seq} reaches {seq}", every=0.1)

    def __str__(self) -> str:
        return f"real client of {self.user_id}"
