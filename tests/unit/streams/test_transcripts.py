"""Every transcript of protocol/transcripts, replayed against the server's own machine: the same files the client replays.

Steps of the client's side are skipped. A frame that the transcript does not mention is as wrong as one that is missing.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.gateway import connection as connection_module
from tests.support.delivery_world import KeepingDoor, StandIn, Table, hub_of

FOLDER = Path(__file__).resolve().parents[3] / "protocol" / "transcripts"
TRANSCRIPTS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
CLIENT_SIDE = {"inject", "apply", "snapshot", "state"}
HEARTBEAT = 25_000
EPOCH_OF_CLOCK = 1_000_000.0


class Replay:
    """One transcript, step by step, on a clock of its own."""

    def __init__(self, clock: SimpleNamespace) -> None:
        self.clock = clock
        self.table = Table()
        self.door: KeepingDoor | None = None
        self.connected_at = 0.0
        self.pinged = 0

    def play(self, step: dict[str, Any]) -> None:
        ((what, value),) = step.items()
        if what not in CLIENT_SIDE:
            getattr(self, what)(value)
            if self.door is not None:
                hub_of(self.door).answer()

    def stream(self, value: dict[str, Any]) -> None:
        self.user_id = value["user"]
        self.table = Table(epoch=value["epoch"], head=value["head"], floor=value["floor"])

    def commit(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            self.table.commit(entry)

    def trim(self, floor: int) -> None:
        self.table.trim(floor)

    def connect(self, _: bool) -> None:
        assert self.door is None, "the last connection has not ended"
        self.door = KeepingDoor(StandIn(self.table, user_id=self.user_id))
        self.connected_at, self.pinged = self.clock.now, 0

    def disconnect(self, code: int) -> None:
        assert self.door is not None
        self.assert_nothing_unsaid()
        self.door.lost()
        self.door = None

    def client(self, frame: dict[str, Any]) -> None:
        assert self.door is not None
        self.door.say(frame)
        hub_of(self.door).let_in()

    def server(self, frame: dict[str, Any]) -> None:
        assert self.door is not None
        assert self.door.frames, f"the server did not send {frame}"
        sent = self.door.frames.pop(0)
        if sent["type"] == "welcome":
            sent["connection"] = frame.get("connection")
        assert sent == frame
        assert next(iter(sent)) == next(iter(frame))

    lose = server

    def hint(self, value: dict[str, Any]) -> None:
        if self.door is None:
            return
        entry = value["entry"]
        body = None if entry is None else self.table.bodies[entry["seq"]]
        seq = value["head"] if entry is None else entry["seq"]
        self.door.on_hint(self.table.epoch, seq, body)

    def wait(self, milliseconds: int) -> None:
        """Time passes. A connection that stands this long is pinged as the rounds would ping it."""
        self.clock.now += milliseconds / 1000
        beats = int((self.clock.now - self.connected_at) * 1000) // HEARTBEAT
        if self.door is not None and beats > self.pinged:
            self.pinged = beats
            self.door.ping()

    def assert_nothing_unsaid(self) -> None:
        assert self.door is None or self.door.frames == [], "frames the transcript does not have"


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_the_server_says_what_the_transcript_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=EPOCH_OF_CLOCK)
    monkeypatch.setattr(
        connection_module, "time", SimpleNamespace(monotonic=lambda: clock.now, time=lambda: clock.now), raising=True
    )
    replay = Replay(clock)
    for step in TRANSCRIPTS[name]["steps"]:
        replay.play(step)
    replay.assert_nothing_unsaid()


def test_there_are_transcripts_and_each_is_named_after_its_file() -> None:
    assert len(TRANSCRIPTS) >= 30
    for name, transcript in TRANSCRIPTS.items():
        assert transcript["name"] == name
        assert transcript["about"]


def test_every_step_is_one_that_the_reference_knows() -> None:
    known = {name for name in vars(Replay) if not name.startswith("_")} | CLIENT_SIDE
    for transcript in TRANSCRIPTS.values():
        for step in transcript["steps"]:
            assert len(step) == 1
            assert set(step) <= known
