"""Talks with the C tools (and any helper that follows their habit): a command a line, an answer of JSON a line."""

from __future__ import annotations

import json
import select
from typing import Any

from suite.processes import Program


class Silent(RuntimeError):
    """A tool did not answer in time, or is gone."""


class Dialogue:
    """One tool's stdin and stdout."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._rest = b""

    def ask(self, command: str, *, seconds: float = 60) -> dict[str, Any]:
        """Send one command and wait for its one line of answer."""
        self.tell(command)
        return self.answer(seconds=seconds)

    def tell(self, command: str) -> None:
        if not self.program.stdin:
            raise Silent(f"{self.program.name} was not started to talk")
        self.program.stdin.write(command.encode() + b"\n")
        self.program.stdin.flush()

    def answer(self, *, seconds: float = 60) -> dict[str, Any]:
        out = self.program.stdout
        if not out:
            raise Silent(f"{self.program.name} was not started to talk")
        while b"\n" not in self._rest:
            readable, _, _ = select.select([out], [], [], seconds)
            chunk = out.read1(65536) if readable else b""  # type: ignore[attr-defined]
            if not chunk:
                raise Silent(f"{self.program.name}: no answer in {seconds} s {self.program.last_words()}")
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found
