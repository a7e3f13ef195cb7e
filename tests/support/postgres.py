"""A PostgreSQL server of the test run's own: fresh cluster, free port, no durability, gone afterwards.

PostgreSQL refuses to run as root, so root starts it as the user `postgres`. The binaries come from PATH or from
Debian's /usr/lib/postgresql/VERSION/bin, newest version first.
"""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.support.processes import Leashed, TimedOut, free_port
from tests.support.standstill import descendants

INSTALL = "PostgreSQL is not installed (Debian: apt-get install postgresql), and the scaled profile needs it"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


def binaries() -> Path:
    """The folder of `initdb` and `postgres`."""
    found = shutil.which("initdb")
    if found and Path(found).with_name("postgres").exists():
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not versions:
        pytest.exit(INSTALL, returncode=3)
    return versions[-1]


def as_server_user(command: list[str]) -> list[str]:
    """The same command as the user `postgres`, when root runs the tests."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


class PostgresServer:
    """A running server. `url(name)` is the DATABASE_URL of one of its databases."""

    def __init__(self, *, folder: Path | None = None, **settings: str) -> None:
        if folder is not None:
            folder.mkdir()
        self.folder = folder or Path(tempfile.mkdtemp(prefix="numeneon-pg-"))
        self.port = free_port()
        self.settings = SETTINGS | settings
        self.process: Leashed | None = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        initdb = [str(binaries() / "initdb"), "-D", str(self.folder / "data"), "-A", "trust", "-U", "postgres"]
        quick = ["--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"]
        subprocess.run(as_server_user([*initdb, *quick]), check=True, capture_output=True, cwd=self.folder)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        if self.process is not None:
            self.process.kill()
        command = [str(binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        self.process = Leashed(
            as_server_user([*command, "-k", str(self.folder), *options]),
            log=self.folder / "log",
            cwd=self.folder,
            quit_signal=signal.SIGQUIT,
        )
        self.process.await_ready(self.answers, within=30, about="PostgreSQL answers")

    def stop(self) -> None:
        """Shut down as `pg_ctl stop -m fast` does: sessions are ended, files are left in order."""
        assert self.process is not None
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
        try:
            self.process.leash.wait(30)
        except subprocess.TimeoutExpired:
            still = [Path(f"/proc/{pid}/stat").read_text() for pid in descendants(self.process.leash.pid)]
            raise TimedOut("\n".join(["PostgreSQL does not stop:", *still, self.process.output()[-2000:]])) from None
        self.process.kill()

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Run one statement that belongs to no transaction, such as CREATE DATABASE."""
        run_statement(self.url("postgres"), statement)

    def close(self) -> None:
        """End the server at once and remove its files."""
        if self.process is not None:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def run_statement(url: str, statement: str) -> None:
    """Run one statement outside a transaction on the server at `url`."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@functools.cache
def installed() -> bool:
    """Whether this machine has PostgreSQL at all."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
