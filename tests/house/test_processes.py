"""Servers that tests start end with the tests, whatever ends the tests."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support.databases import ROOT
from tests.support.postgres import PostgresServer
from tests.support.processes import DidNotStart, Leashed, await_condition
from tests.support.redis import RedisServer

SLEEPER = "import time; print('ready', flush=True); time.sleep(600)"


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_test_run_killed_with_minus_nine_leaves_no_server_behind(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from tests.support.processes import Leashed
        child = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
        leashed = Leashed([sys.executable, "-c", child], log=Path({str(tmp_path / "log")!r}))
        leashed.await_ready(leashed.output, within=20, about="started")
        print(leashed.output().strip(), flush=True)
        time.sleep(600)
    """)
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    server = int(run.stdout.readline())
    assert alive(server)
    run.kill()
    run.wait()
    run.stdout.close()
    await_condition(lambda: not alive(server), within=10, about="the server ended")


def test_terminate_asks_and_returns_the_exit_code(tmp_path: Path) -> None:
    program = f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); {SLEEPER}"
    process = Leashed([sys.executable, "-c", program], log=tmp_path / "log")
    process.await_ready(process.output, within=20, about="ready")
    assert process.terminate() == 7


def test_kill_ends_the_children_of_the_server_too(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
        print(child.pid, flush=True)
        child.wait()
    """)
    process = Leashed([sys.executable, "-c", program], log=tmp_path / "log")
    process.await_ready(lambda: "ready" in process.output(), within=20, about="grandchild runs")
    grandchild = int(next(line for line in process.output().splitlines() if line.isdigit()))
    process.kill()
    await_condition(lambda: not alive(grandchild), within=10, about="the grandchild ended")


def test_a_server_that_dies_at_once_says_why(tmp_path: Path) -> None:
    process = Leashed([sys.executable, "-c", "raise SystemExit('no such database')"], log=tmp_path / "log")
    with pytest.raises(DidNotStart, match="no such database"):
        process.await_ready(lambda: False, within=20, about="ready")


def test_redis_comes_back_on_its_port_after_a_kill(redis_server: RedisServer) -> None:
    redis_server.kill()
    assert not redis_server.answers()
    redis_server.start()
    assert redis_server.answers()


def test_a_frozen_redis_is_silent_until_thawed(redis_server: RedisServer) -> None:
    assert redis_server.process is not None
    redis_server.process.freeze()
    assert not redis_server.answers()
    redis_server.process.thaw()
    await_condition(redis_server.answers, within=5, about="Redis answers again")


def test_postgres_leaves_neither_process_nor_file(tmp_path: Path) -> None:
    server = PostgresServer()
    server.start()
    pid = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert alive(pid)
    server.close()
    await_condition(lambda: not alive(pid), within=10, about="PostgreSQL ended")
    assert not server.folder.exists()


def test_signals_reach_the_server_and_not_the_test_run(tmp_path: Path) -> None:
    process = Leashed([sys.executable, "-c", SLEEPER], log=tmp_path / "log")
    process.await_ready(process.output, within=20, about="ready")
    os.killpg(process.leash.pid, signal.SIGKILL)
    await_condition(lambda: not process.running, within=5, about="ended")
    process.kill()
