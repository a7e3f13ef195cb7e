"""Processes a test starts: on a leash, in a group of their own, with their output kept for the day something fails."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")


class DidNotStart(AssertionError):
    """A server ended, or stayed silent, before it was ready."""


class TimedOut(AssertionError):
    """A condition did not come true in time."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_condition(condition: Callable[[], object], *, within: float, about: str, every: float = 0.02) -> None:
    """Return as soon as `condition()` is true; raise TimedOut after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimedOut(f"not within {within} s: {about}")
        time.sleep(every)


class Leashed:
    """A process that ends with the test run. Its output goes to `log`."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        quit_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        self._over = False
        leash = [sys.executable, "-I", "-S", str(LEASH), "--quit-signal", str(int(quit_signal)), "--"]
        with log.open("ab") as output:
            self.leash = subprocess.Popen(
                [*leash, *(os.fspath(part) for part in command)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.leash.poll() is None

    def output(self) -> str:
        """Everything the process has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """End the whole group as a power cut would (SIGKILL), and whatever was kept of it. Harmless when it has ended."""
        if not self._over:
            self._signal_group(signal.SIGKILL)
            self._ended(within=10)

    def terminate(self, *, within: float = 15) -> int:
        """Ask the process to end (SIGTERM) and return its exit code; kill it when it does not."""
        if self.running:
            self.leash.terminate()
        return self.await_end(within=within)

    def await_end(self, *, within: float) -> int:
        """The exit code of a process that has been asked to end; kill it when it does not."""
        try:
            return self.leash.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise TimedOut(f"still running {within} s after SIGTERM:\n{self.output()[-4000:]}") from None
        finally:
            self._ended(within=10)

    def freeze(self) -> None:
        """Stop the group without ending it (SIGSTOP)."""
        self._signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen group go on (SIGCONT)."""
        self._signal_group(signal.SIGCONT)

    def await_ready(self, ready: Callable[[], object], *, within: float, about: str) -> None:
        """Wait until `ready()`; say what the process said when it ends or hangs before."""

        def ready_or_ended() -> bool:
            return bool(ready()) or not self.running

        try:
            await_condition(ready_or_ended, within=within, about=about)
        except TimedOut as late:
            self.kill()
            raise DidNotStart(f"{late}\n{self.output()[-6000:]}") from None
        if not self.running:
            self._ended(within=1)
            raise DidNotStart(f"ended with {self.leash.returncode} before: {about}\n{self.output()[-6000:]}")

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.leash.pid, number)
        except ProcessLookupError:
            return

    def _ended(self, *, within: float) -> None:
        try:
            self.leash.wait(within)
        finally:
            if self.leash.stdin:
                self.leash.stdin.close()
        self._signal_group(signal.SIGKILL)
        self._over = True
