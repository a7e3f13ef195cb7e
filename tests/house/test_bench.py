"""What measures is right itself: the load client reads every event however its bytes are cut, the report says what is missed."""

import importlib
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
EVENTS = 40
TEXT = b"".join(b': a comment\nid: e.%d\ndata: {"seq":%d,"t":0}\n\n' % (seq, seq) for seq in range(1, EVENTS + 1))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a module of bench/ by its name there."""
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    return importlib.import_module


@contextmanager
def server(writes: list[bytes], head: bytes) -> Iterator[int]:
    """Answers one request with this head, and then with these writes; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            line, _ = listening.accept()
            with line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                line.recv(4096)
                line.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
                for write in writes:
                    line.sendall(write)
                line.recv(1)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def pieces(whole: bytes, size: int) -> list[bytes]:
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def chunked(whole: bytes, size: int) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in pieces(whole, size))


@pytest.mark.parametrize("write", [1, 7, 64, 100_000])
@pytest.mark.parametrize("chunk", [None, 3, 16, 55, 5_000])
def test_every_event_of_an_endless_answer_is_counted_once(bench: Any, write: int, chunk: int | None) -> None:
    client, tools = bench("suite.load_client"), bench("suite.tools")
    body = TEXT if chunk is None else chunked(TEXT, chunk)
    head = b"" if chunk is None else b"transfer-encoding: chunked\r\n"
    with server(pieces(body, write), head) as port:
        try:
            load = client.LoadClient(client.Address(ports=(port,), sse=True), most=1)
        except tools.Missing as missing:
            pytest.skip(str(missing))
        try:
            answer = load.open(1, seconds=10)
            for _ in range(200):
                if answer["events"] >= EVENTS:
                    break
                answer = load.sleep(0.02)
            assert load.cursors() == [EVENTS]
            assert answer["events"] == EVENTS
            assert (answer["gaps"], answer["duplicates"], answer["backwards"]) == (0, 0, 0)
        finally:
            load.close()


def documents(growth: float) -> dict[str, Any]:
    row = {"candidate": "numeneon scaled", "case": "unicast", "processes": 2, "growth": {"median": growth}}
    return {"processes": {"command": "python bench/scenarios/processes.py", "summary": [row]}}


@pytest.mark.parametrize(("growth", "words"), [(1.9, "yes"), (1.8, "yes"), (1.62, "**no**, 10 % less")])
def test_a_target_is_reached_or_missed_by_so_much(bench: Any, growth: float, words: str) -> None:
    verdicts = bench("targets").judge(documents(growth))
    (verdict,) = [one for one in verdicts if one.target.what == "two gateways against one, unicast"]
    assert verdict.words == words
    assert verdict.command == "python bench/scenarios/processes.py"


def test_what_was_not_measured_is_not_reached(bench: Any) -> None:
    unmeasured = [one for one in bench("targets").judge({}) if one.target.scenario]
    assert unmeasured
    assert {one.words for one in unmeasured} == {"not measured"}
    assert not any(one.reached for one in unmeasured)


def test_a_profile_is_summed_up_by_whose_time_it_is(bench: Any, tmp_path: Path) -> None:
    profile = tmp_path / "a.txt"
    profile.write_text(
        "By part of the process\n\n    60.00%  [kernel.kallsyms]\n    30.00%  libpython3.11.so.1.0\n     6.00%  libc.so.6\n"
        "     4.00%  _socket.so\n\nBy function\n\n    99.00%  libc.so.6  [.] nothing of this counts\n"
    )
    said = bench("shortfalls").shares(profile)
    assert said == "60 % is the kernel's, 30 % is the interpreter's, 10 % is the libraries'"
