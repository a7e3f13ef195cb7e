"""A Redis server of the test's own: free port, nothing kept. Starting one takes 50 ms, so every test worker has one.

Sharing one between workers would not do: Redis' pub/sub knows no database numbers, one test would hear another's hints.
"""

import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from tests.support.processes import Leashed, free_port

INSTALL = "Redis is not installed (Debian: apt-get install redis-server), and the scaled profile needs it"


class RedisServer:
    """A Redis that can be killed and started again on the same port."""

    def __init__(self, *, port: int | None = None) -> None:
        if not shutil.which("redis-server"):
            pytest.exit(INSTALL, returncode=3)
        self.port = port or free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="numeneon-redis-"))
        self.process: Leashed | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers PING."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.kill()
        self.process = Leashed(
            ["redis-server", *options, "--dir", str(self.folder), "--loglevel", "warning"],
            log=self.folder / "log",
        )
        self.process.await_ready(self.answers, within=15, about="Redis answers")

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
