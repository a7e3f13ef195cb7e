"""A PostgreSQL of the benchmark's own: with fsync, because what a commit costs is part of several figures.

PostgreSQL refuses to run as root, so root starts it as the user `postgres`. It runs on the measuring core.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from suite.machine import OTHER_CORES
from suite.processes import Program
from suite.tools import Missing, free_port


def _binaries() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise Missing("PostgreSQL is not installed: apt-get install postgresql")


def available() -> str | None:
    """Why there is no PostgreSQL here, or None."""
    try:
        _binaries()
    except Missing as missing:
        return str(missing)
    return None


def start_postgres(folder: Path, *, most_connections: int = 100) -> tuple[Program, str]:
    """Start one in `folder`; returns the program and the URL of an empty database."""
    binaries, data = _binaries(), folder / "postgres"
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data.mkdir()
    if as_user:
        for path in (folder.parent, folder, data):
            path.chmod(0o755)
        shutil.chown(data, "postgres")
    make = [
        *as_user,
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-A",
        "trust",
        "-U",
        "postgres",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    subprocess.run(make, check=True, capture_output=True, cwd="/")
    port = free_port()
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": most_connections,
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "fsync": "on",
        "synchronous_commit": "on",
    }
    command = [*as_user, binaries / "postgres", "-D", data]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    server = Program("postgres", command, cores=OTHER_CORES, log=folder / "postgres.log", cwd=Path("/"))
    server.wait_for_port(port)
    deadline = time.monotonic() + 20
    while "ready to accept connections" not in server.last_words() and time.monotonic() < deadline:
        time.sleep(0.05)
    return server, f"postgres://postgres@127.0.0.1:{port}/postgres"
