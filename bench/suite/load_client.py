"""The C load client as an object: open sockets, count what arrives, report.

`Address` says how a candidate is spoken to; the same client serves them all, so that no candidate is measured with a lighter
client than another.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from suite.dialogue import Dialogue
from suite.machine import OTHER_CORES
from suite.processes import Program
from suite.tools import c_tool

HEADROOM = 0.8
"""A stretch in which the load client used more of its core than this says nothing about the server's wall-clock rate."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Address:
    """How to open one socket to a candidate and how to read it. `%i` in `path` is the connection's number, from 1."""

    ports: tuple[int, ...]
    path: str = "/"
    headers: tuple[str, ...] = ()
    own_headers: Path | None = None
    """One header line for each connection, such as its cookie."""
    hellos: Path | None = None
    hello_after_first_frame: bool = False
    ready: str = ""
    event: str = '{"seq":'
    ping: str = ""
    pong: str = ""
    lines: bool = False
    sse: bool = False
    """Server-Sent Events instead of a WebSocket."""

    def options(self) -> list[str]:
        words = ["--path", self.path, "--ready", self.ready, "--event", self.event, "--ping", self.ping]
        words += ["--pong", self.pong, "--lines", str(int(self.lines)), "--sse", str(int(self.sse))]
        words += ["--hello-after-first-frame", str(int(self.hello_after_first_frame))]
        words += ["--headers", "".join(f"{line}\r\n" for line in self.headers)]
        for port in self.ports:
            words += ["--port", str(port)]
        for name, file in (("--own-headers", self.own_headers), ("--hellos", self.hellos)):
            if file:
                words += [name, str(file)]
        return words


class LoadClient(Dialogue):
    """One load client process on the measuring core."""

    def __init__(self, address: Address, *, most: int, receive_buffer: int = 0) -> None:
        command = [c_tool("load"), *address.options(), "--max", str(most)]
        if receive_buffer:
            command += ["--receive-buffer", str(receive_buffer)]
        super().__init__(Program("load client", command, cores=OTHER_CORES, talks=True))

    def open(self, count: int, *, at_once: int = 64, seconds: float = 60) -> dict[str, Any]:
        """Open `count` sockets, at most `at_once` handshakes in flight; answers when all are ready or have failed."""
        return self.ask(f"open {count} {at_once} {seconds * 1000}", seconds=seconds + 10)

    def zero(self) -> None:
        self.ask("zero")

    def pace(self, microseconds: int) -> None:
        """Look for frames only every so often, so that the server's writes wake nobody on the server's account."""
        self.ask(f"pace {microseconds}")

    def until(self, events: int, *, seconds: float = 30) -> dict[str, Any]:
        return self.ask(f"until {events} {seconds * 1000}", seconds=seconds + 10)

    def quiet(self, gap: float, *, seconds: float = 30) -> dict[str, Any]:
        return self.ask(f"quiet {gap * 1000} {seconds * 1000}", seconds=seconds + 10)

    def sleep(self, seconds: float) -> dict[str, Any]:
        return self.ask(f"sleep {seconds * 1000}", seconds=seconds + 10)

    def cursors(self) -> list[int]:
        seqs: list[int] = self.ask("cursors")["seqs"]
        return seqs

    def close(self) -> None:
        self.program.stop()
