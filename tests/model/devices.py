"""The world around the real client: a table, the real delivery machine at a door, a bad way between, an application with a store.

The promises are those of `following`. The application's handler is done when the test says so, and so is the store; a
snapshot is read at the server at some moment and installed at a later one. A crash leaves what was stored. The way may
drop and repeat frames (never a welcome or a reset: frames name no epoch) and may end without a word.

Imports conversation, real_client and timeline, and of the project: delivery.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from streams.delivery import Delivery, State

from .conversation import LONG_ENOUGH, Door, Frame
from .real_client import RealClients
from .timeline import EPOCHS, Position, Table

HEARTBEAT = 25
MOST_SYNCS = 2
"""Syncs that bring nothing, one after the other, before a snapshot is due."""


@dataclass
class Job:
    """What the application is at: an entry's fact, or a snapshot whose state has been read or not."""

    at: Position
    fact: int | None = None
    state: int | None = None


@dataclass
class Device:
    """One client and its application. `memory` and `stored` are cursors; `facts` is what the application has made durable."""

    name: str
    clients: RealClients
    stored: Position | None = None
    memory: Position | None = None
    facts: int = 0
    door: Door | None = None
    welcome: dict[str, Any] | None = None
    opening: bool = False
    job: Job | None = None
    saving: Position | None = None
    syncs: int = 0
    swallowed: int = 0
    status: str = ""
    wrong: str = ""

    def wake_up(self) -> None:
        """A new life. A device that dies with a snapshot half fetched or an effect unstored has what it stored."""
        self.door, self.welcome, self.opening, self.job, self.saving = None, None, False, None, None
        self.memory = self.stored
        self.syncs = 0
        self.happens("wake_up", stored=_text(self.stored))

    def happens(self, what: str, **told: Any) -> None:
        answer = self.clients.tell(self.name, what, **told)
        self.status = answer["status"]
        synced = False
        for did in answer["did"]:
            synced |= "sync" in did.get("send", {}).get("type", "")
            self._did(did)
        if told.get("frame", {}).get("type") == "caught_up" and not synced:
            self.syncs = 0

    def _did(self, did: dict[str, Any]) -> None:
        if "open" in did:
            self.door, self.welcome, self.opening, self.syncs = None, None, True, 0
        elif "close" in did:
            self.door, self.welcome, self.opening = None, None, False
        elif "send" in did:
            self._sent(did["send"])
        elif "save" in did:
            self.saving = _position(did["save"])
            if self.saving != self.memory:
                self.broke(f"lost: {self.name} saves {self.saving} and its application has done {self.memory}")
        elif "entry" in did:
            self._called(_position(did["cursor"]), did["entry"])
        elif "snapshot" in did:
            self._handed(Job(_position(did["snapshot"])))
            self.syncs = 0

    def _handed(self, job: Job) -> None:
        if self.job is not None:
            self.broke(f"two at once: {self.name} is at {self.job} and is handed {job}")
        self.job = job

    def _called(self, at: Position, entry: dict[str, Any]) -> None:
        if self.memory is None or at != self.memory._replace(seq=self.memory.seq + 1):
            self.broke(f"not next: {self.name} has done {self.memory} and is handed {at}")
        if at.seq != entry["seq"]:
            self.broke(f"{self.name} is handed {entry} as {at}")
        self._handed(Job(at, fact=entry["fact"]))

    def _sent(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "hello":
            resume = frame.get("resume")
            self.opening, self.door = False, Door(Delivery(), _position(resume) if resume else None)
        elif frame["type"] == "sync" and self.door is not None:
            self.syncs += 1
            self.door.asked.append(_position(frame["after"]))
            if self.syncs > MOST_SYNCS:
                self.broke(
                    f"repairs for ever: {self.name} sends sync number {self.syncs}, and nothing came of the others"
                )
        elif frame["type"] == "ack" and (self.stored is None or frame["seq"] > self.stored.seq):
            self.broke(f"acknowledged too much: {self.name} has stored {self.stored}, and acknowledges {frame['seq']}")

    def broke(self, promise: str) -> None:
        """The first is the one to look at."""
        self.wrong = self.wrong or promise

    # What happens to it.

    def connect(self) -> None:
        self.opening = False
        self.happens("opened")

    def cut(self, *, silently: bool) -> None:
        self.door, self.welcome, self.opening = None, None, False
        if not silently:
            self.happens("closed", code=1006)

    def locate(self, table: Table) -> None:
        assert self.door is not None
        resume = self.door.resume
        self.door.locate(table)
        resumed = resume is not None and not self.door.reasons
        at = resume if resumed else self.door.sent
        self.welcome = {"type": "welcome", "cursor": _text(at), "resumed": resumed, "heartbeat": HEARTBEAT}

    def reads(self) -> None:
        """The first frame arrives."""
        door = self.door
        assert door is not None
        if self.welcome is not None:
            frame, self.welcome = self.welcome, None
        else:
            frame = _wire(door.wire.pop(0))
        if self.swallowed and frame["type"] == "noted":
            self.swallowed -= 1
        else:
            self.happens("frame", frame=frame)
        if self.door is door:
            door.drain()

    def works(self, table: Table) -> None:
        """The application gets one step further with what it was handed."""
        assert self.job is not None
        job = self.job
        if job.fact is None and job.state is None:
            job.state = table.state()
            return
        self.facts = self.facts | 1 << job.fact if job.fact is not None else job.state or 0
        self.memory, self.job = job.at, None
        self.happens("done")

    def fails(self) -> None:
        """The handler throws: the client must ask for a snapshot in its place, after a while."""
        self.job = None
        self.happens("failed")

    def stores(self) -> None:
        self.stored, self.saving = self.saving, None
        self.happens("saved")


@dataclass
class Town:
    """The table, and the devices of one person."""

    clients: RealClients
    number: int = 1
    table: Table = field(default_factory=Table)
    devices: list[Device] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.devices = [Device(f"device {n}", self.clients) for n in range(self.number)]
        for device in self.devices:
            device.wake_up()

    def check(self) -> None:
        """Promises that hold at any moment."""
        for device in self.devices:
            assert not device.wrong, device.wrong
            for at in (device.memory, device.stored):
                if at is None:
                    continue
                assert at.epoch != self.table.epoch or at <= self.table.head, f"ahead: {device.name} stands at {at}"
                missing = self.table.owed(at) & ~device.facts
                assert not missing, f"lost: {device.name} stands at {at} and has skipped {missing:b}"

    def sweep(self, device: Device) -> bool:
        return device.door is not None and device.door.sweep(self.table)

    def duty(self, device: Device, *, application: bool = True) -> bool:
        """One thing that happens by itself; False when there is none. Without the `application`, which is slow."""
        door = device.door
        if device.job is not None and application:
            device.works(self.table)
        elif device.saving is not None:
            device.stores()
        elif device.opening:
            device.connect()
        elif not self.serve(device):
            if door is None or not (device.welcome or door.wire):
                return False
            device.reads()
        return True

    def serve(self, device: Device) -> bool:
        """The same, of what the server does."""
        door = device.door
        if door is None:
            return False
        if door.delivery.state is State.LOCATING:
            device.locate(self.table)
            return True
        return door.serve(self.table)

    def rescue(self, device: Device) -> None:
        """One thing that a timer does."""
        door = device.door
        if self.sweep(device):
            return
        if door is not None and door.delivery.state is not State.LOCATING:
            door.write(Frame("ping", door.sent))
            device.reads()
        device.happens("advance", most=HEARTBEAT * 1000)

    def settled(self, device: Device) -> bool:
        return (device.stored, device.facts, device.status) == (self.table.head, self.table.state(), "live") and (
            device.door is not None
        )

    def settle(self) -> None:
        """Faults have stopped. What happens by itself must be enough to lose nothing."""
        for device in self.devices:
            device.swallowed = 0
            for _ in range(LONG_ENOUGH):
                self.check()
                if self.duty(device):
                    continue
                if self.settled(device):
                    break
                self.rescue(device)
            assert self.settled(device), f"lost: {device} and {self.table}"


def _wire(frame: Frame) -> dict[str, Any]:
    if frame.type == "entry":
        return {"seq": frame.at.seq, "at": "2026-11-23T06:20:01Z", "type": "noted", "fact": frame.fact}
    if frame.type == "ping":
        return {"type": "ping", "head": frame.at.seq}
    return {"type": frame.type, "cursor": _text(frame.at), **({"reason": "x"} if frame.type == "reset" else {})}


def _text(at: Position | None) -> str | None:
    return None if at is None else f"{EPOCHS[at.epoch]}.{at.seq}"


def _position(text: str) -> Position:
    epoch, _, seq = text.partition(".")
    return Position(EPOCHS.index(epoch), int(seq))
