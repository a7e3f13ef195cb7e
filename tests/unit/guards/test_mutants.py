"""A guard that notices nothing guards nothing: each is shown a product made slower in a likely way, and must say so."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from email import message_from_string
from typing import Any
from unittest import mock

import pytest

from streams import protocol
from streams.bus import Hint, Signal
from streams.bus import redis as redis_bus
from streams.gateway import hub as hub_module
from streams.gateway import websocket_fast
from streams.gateway.websocket_fast import FastConnection
from tests.guards import budgets, counting, world
from tests.guards.paths import PATHS

Mutation = Callable[[], AbstractContextManager[object]]


def one_call_more() -> AbstractContextManager[object]:
    return mock.patch.object(world, "TAKES_EVERYTHING", lambda wire: len(wire))


def every_frame_kept() -> AbstractContextManager[object]:
    sent: list[bytes] = []

    def remembering(wire: bytes) -> int:
        sent.append(wire + b"")
        sent.append(bytes(bytearray(wire)))
        return len(wire)

    return mock.patch.object(world, "TAKES_EVERYTHING", remembering)


def the_machine_is_asked_each_time() -> AbstractContextManager[object]:
    def plain(hub: hub_module.Hub, hints: Sequence[Hint]) -> None:
        for hint in hints:
            for user_id, epoch, seq in hint.positions:
                for connection in hub.by_user.get(user_id, ()):
                    connection.on_hint(epoch, seq, hint.body)

    return mock.patch.object(hub_module, "fan_out", plain)


def the_entry_is_parsed_on_its_way() -> AbstractContextManager[object]:
    decode = redis_bus.__dict__["from_wire"]

    def inspected(wire: bytes) -> Signal:
        signal: Signal = decode(wire)
        assert isinstance(signal, Hint)
        assert json.loads(json.dumps(json.loads(signal.body or b"{}")))
        return signal

    return mock.patch.object(redis_bus, "from_wire", inspected)


def everybody_is_admitted_alone() -> AbstractContextManager[object]:
    return mock.patch.object(hub_module, "ARRIVALS_A_BATCH", 1)


def heads_are_parsed_once_more() -> AbstractContextManager[object]:
    allowed = websocket_fast.__dict__["origin_allowed"]

    def checked(origin: str | None, host: str | None) -> bool:
        head = message_from_string(f"Origin: {origin}\r\nHost: {host}\r\nUpgrade: websocket\r\n\r\n")
        return bool(allowed(head["origin"], head["host"]))

    return mock.patch.object(websocket_fast, "origin_allowed", checked)


def pings_are_made_by_json() -> AbstractContextManager[object]:
    return mock.patch.object(
        protocol, "ping", lambda head: json.dumps({"type": "ping", "head": head}, separators=(",", ":")).encode()
    )


def frames_are_read_twice() -> AbstractContextManager[object]:
    parse = protocol.parse_frame

    def twice(raw: bytes) -> Any:
        if json.loads(raw).get("type") is None:
            return None
        return parse(raw)

    return mock.patch.object(protocol, "parse_frame", twice)


def replayed_entries_are_looked_into() -> AbstractContextManager[object]:
    writing = FastConnection.write_entry

    def inspected(connection: FastConnection, seq: int, body: bytes) -> None:
        assert json.loads(body)["type"]
        writing(connection, seq, body)

    return mock.patch.object(FastConnection, "write_entry", inspected)


def each_has_an_outbox() -> AbstractContextManager[object]:
    class Queued(FastConnection):
        __slots__ = ("outbox",)

        def __init__(self, *words: Any, **named: Any) -> None:
            super().__init__(*words, **named)
            self.outbox: deque[bytes] = deque()

    return mock.patch.object(websocket_fast, "FastConnection", Queued)


MUTANTS: list[tuple[str, str, Mutation]] = [
    ("fan_out", "calls", one_call_more),
    ("fan_out", "kept_blocks", every_frame_kept),
    ("fan_out", "instructions", the_machine_is_asked_each_time),
    ("unicast", "calls", the_entry_is_parsed_on_its_way),
    ("connect", "questions", everybody_is_admitted_alone),
    ("connect", "instructions", heads_are_parsed_once_more),
    ("heartbeat", "calls", pings_are_made_by_json),
    ("pong", "calls", frames_are_read_twice),
    ("replay", "instructions", replayed_entries_are_looked_into),
    ("idle", "grown_bytes", each_has_an_outbox),
]


@pytest.mark.parametrize(("path", "figure", "mutation"), MUTANTS, ids=[made.__name__ for _, _, made in MUTANTS])
def test_a_slower_product_is_noticed(path: str, figure: str, mutation: Mutation) -> None:
    with mutation():
        figures = PATHS[path]()
    assert any(f" {figure}," in words for words in budgets.over(path, figures)), figures


ONCE_AN_OPERATION: dict[str, tuple[Any, str]] = {
    "fan_out": (world, "TAKES_EVERYTHING"),
    "unicast": (redis_bus, "from_wire"),
    "connect": (websocket_fast, "origin_allowed"),
    "heartbeat": (protocol, "ping"),
    "pong": (protocol, "parse_frame"),
    "replay": (FastConnection, "write_entry"),
}
OF_A_WRAPPER, OF_A_LOOP = 8, 3
"""Instructions of `slower` itself, and of one turn of its loop."""


def burning(owner: Any, name: str, instructions: float) -> AbstractContextManager[object]:
    """Let a function of the product execute about so many instructions more, and nothing else."""
    original = owner.__dict__[name]
    turns = range(round(max(0.0, instructions - OF_A_WRAPPER) / OF_A_LOOP))

    def slower(*words: Any) -> Any:
        for _ in turns:
            pass
        return original(*words)

    return mock.patch.object(owner, name, slower)


@pytest.mark.parametrize("path", ONCE_AN_OPERATION)
def test_a_quarter_more_instructions_are_noticed(path: str) -> None:
    measured = budgets.load()[budgets.VERSION][path]["instructions"]["measured"]
    with burning(*ONCE_AN_OPERATION[path], measured / 4):
        figures = PATHS[path]()
    assert figures["instructions"] < measured * 1.35, "more than a quarter was added"
    assert any(" instructions," in words for words in budgets.over(path, figures)), figures


def test_every_path_has_a_mutant() -> None:
    assert {path for path, _, _ in MUTANTS} == set(PATHS)


def test_counting_twice_gives_the_same() -> None:
    first, second = PATHS["pong"](), PATHS["pong"]()
    assert (first["calls"], first["instructions"]) == (second["calls"], second["instructions"])
    # Memory is the interpreter's too: its lists of free objects differ by a few.
    assert abs(first["kept_blocks"] - second["kept_blocks"]) < budgets.CRUMBS["kept_blocks"]
    assert abs(first["peak_bytes"] - second["peak_bytes"]) < budgets.CRUMBS["peak_bytes"]


@contextmanager
def a_table(text: str, tmp_path: Any) -> Iterator[None]:
    table = tmp_path / "budgets.json"
    table.write_text(text)
    with mock.patch.object(budgets, "TABLE", table):
        yield


def test_a_fifth_more_is_over_and_less_is_not(tmp_path: Any) -> None:
    entry = {"measured": 100.0, "below": budgets.below("calls", 100.0)}
    with a_table(json.dumps({budgets.VERSION: {"x": {"calls": entry}}}), tmp_path):
        assert budgets.over("x", {"calls": 118.9}) == []
        assert budgets.over("x", {"calls": 120.0}) != []


def test_one_statement_more_is_over(tmp_path: Any) -> None:
    entry = {"measured": 30, "below": budgets.below("statements", 30)}
    with a_table(json.dumps({budgets.EVERYWHERE: {"x": {"statements": entry}}}), tmp_path):
        assert budgets.over("x", {"statements": 30}) == []
        assert budgets.over("x", {"statements": 31}) != []


def test_a_version_without_budgets_says_so(tmp_path: Any) -> None:
    with a_table("{}", tmp_path), pytest.raises(pytest.skip.Exception, match="NOT GUARDED"):
        budgets.over("x", {"calls": 1.0})


def test_what_the_guards_do_themselves_is_not_counted() -> None:
    def outside(number: int) -> int:
        return abs(number)

    def work() -> None:
        outside(-1)

    # `work` and `outside` stand in this file, which is none of the guards' own: two calls, and `abs`.
    assert counting.calls(work) == 3
    assert counting.calls(counting.nothing) == 0
    assert counting.instructions(counting.nothing) == 0
    assert counting.instructions(work) > 5
