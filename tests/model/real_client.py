"""The real client, stream-client under Node, one line a step: what happens to a device goes in, what its client did comes out.

The harness is frontend/packages/stream-client/harness/devices.ts. One process serves a whole test.

Imports the standard library, and where Node is.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any, Self

from tests.support.databases import ROOT
from tests.support.node_client import node

HARNESS = ROOT / "frontend" / "packages" / "stream-client" / "harness" / "devices.ts"


class RealClients:
    """Devices by name. `mistake` is one of harness/mistakes.ts."""

    def __init__(self, mistake: str | None = None) -> None:
        command = [node(), "--no-warnings", str(HARNESS), *(["--mistake", mistake] if mistake else [])]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, device: str, what: str, **told: Any) -> dict[str, Any]:
        """One thing happens; what the client did about it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"device": device, "do": what, **told}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the client's process has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)
