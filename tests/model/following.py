"""World three: devices that follow one stream, store, crash, fetch snapshots and acknowledge.

The question here is whether the *client* arrives at the table's state whatever dies, and whatever happens to frames.
`delivering` shows that the gateway sends in order and repairs itself, so here it is one step that sends the next entry
(or reset, when the position cannot be resumed), and a connection is cut, not lost to a detail of its queries.

The way between them is worse than TCP: a proxy may drop or repeat a frame, a bounded number of times. (Never a reset:
frames name no epoch, so a client that missed one could not know.) A device has what it holds in memory and what it has
stored; a crash leaves the second. A snapshot is two reads at the server with anything in between, and an answer that
arrives later still.

Imports explore, rules and timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .explore import Kind, Steps, Violation
from .rules import RIGHT, Rules
from .timeline import FACTS, Position, Table, letters

NOWHERE = Position(-1, 0)
FAILED_SYNCS = 2
"""After so many the client gives up repairing and takes a snapshot."""


class Copy(NamedTuple):
    """A cursor and the facts that go with it. `NOWHERE` is a device that has never held anything."""

    cursor: Position = NOWHERE
    facts: int = 0


class Frame(NamedTuple):
    """Down: entry, reset, caught_up, ping (`at` is its head). Up: sync, ack."""

    type: str
    at: Position
    fact: int = -1

    def __str__(self) -> str:
        return f"entry {self.at}={FACTS[self.fact]}" if self.type == "entry" else f"{self.type} {self.at}"


class Snapshot(NamedTuple):
    """A snapshot under way: the cursor and the state read so far. After a reset, its cursor is that of the reset."""

    cursor: Position | None = None
    facts: int | None = None


class Line(NamedTuple):
    """One connection, both ends: the server's position and what is on the way. `owes` is a caught_up to come."""

    sent: Position
    down: tuple[Frame, ...] = ()
    up: tuple[Frame, ...] = ()
    owes: bool = False
    acked: Position = NOWHERE


class Device(NamedTuple):
    memory: Copy = Copy()
    stored: Copy = Copy()
    line: Line | None = None
    snapshot: Snapshot | None = None
    syncing: bool = False
    failed: int = 0
    receipt: Position = NOWHERE
    """What the server believes this device has applied."""
    wrong: Violation | None = None


class State(NamedTuple):
    devices: tuple[Device, ...]
    table: Table = Table()
    drops: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Bounds: devices, facts ever committed, restores, trims, frames a proxy drops and repeats, frames on the wire."""

    rules: Rules = RIGHT
    devices: int = 1
    commits: int = 2
    restores: int = 1
    trims: bool = True
    drops: int = 1
    repeats: int = 1
    room: int = 2
    acks: bool = True

    def initial(self) -> State:
        return State((Device(),) * self.devices)

    def canonical(self, state: State) -> State:
        """Devices differ in name only. Any order will do that is the same throughout a search, so that of hashes."""
        return state if self.devices == 1 else state._replace(devices=tuple(sorted(state.devices, key=hash)))

    def steps(self, state: State) -> Steps[State]:
        yield from self._table_steps(state)
        for d, device in enumerate(state.devices):
            name = f"device {d}" if self.devices > 1 else "the client"
            for kind, text, after in self._device_steps(state, device, name):
                yield kind, text, self._shared(_with(state, d, after), after.receipt)
            if device.line is not None and device.line.down:
                yield from self._proxy_steps(state, d, device, device.line)

    def _shared(self, state: State, receipt: Position) -> State:
        if self.rules.ack_per_device:
            return state
        return state._replace(devices=tuple(d._replace(receipt=max(d.receipt, receipt)) for d in state.devices))

    # The world.

    def _table_steps(self, state: State) -> Steps[State]:
        table = state.table
        if table.made < self.commits:
            after = table.committed()
            yield Kind.WORLD, f"entry {after.head}={FACTS[table.made]} is committed", state._replace(table=after)
        if self.trims and table.floor < len(table.log):
            after = table.trimmed()
            yield Kind.WORLD, f"retention trims up to {after.floor}", state._replace(table=after)
        if len(table.past) < self.restores:
            for length in range(len(table.log)):
                after = table.restored(length, rotate=self.rules.epoch_rotates_on_restore)
                text = f"the database is restored from a backup taken at {length}, and is now at {after.head}"
                yield Kind.WORLD, text, state._replace(table=after)

    def _proxy_steps(self, state: State, d: int, device: Device, line: Line) -> Steps[State]:
        frame, *rest = line.down
        if state.drops < self.drops and frame.type != "reset":
            dropped = _with(state, d, device._replace(line=line._replace(down=tuple(rest))))
            yield Kind.WORLD, f"a proxy drops {frame}", dropped._replace(drops=state.drops + 1)
        if state.repeats < self.repeats:
            repeated = _with(state, d, device._replace(line=line._replace(down=(frame, *line.down))))
            yield Kind.WORLD, f"a proxy repeats {frame}", repeated._replace(repeats=state.repeats + 1)

    def _device_steps(self, state: State, device: Device, name: str) -> Steps[Device]:
        crashed = Device(device.stored, device.stored, receipt=device.receipt)
        if device != crashed:
            yield Kind.WORLD, f"{name} crashes, and wakes up with what it stored: {_copy(device.stored)}", crashed
        yield from self._store_steps(device, name)
        if device.snapshot is not None:
            yield from self._snapshot_steps(state.table, device, device.snapshot, name)
        elif device.memory.cursor == NOWHERE:
            yield Kind.DUTY, f"{name} starts empty and asks for a snapshot", device._replace(snapshot=Snapshot())
        if device.line is None:
            if device.memory.cursor != NOWHERE:
                text = f"{name} connects with resume={device.memory.cursor}"
                yield Kind.DUTY, text, device._replace(line=self._hello(state.table, device))
            return
        cut = device._replace(line=None, syncing=False)
        yield Kind.WORLD, f"the connection of {name} is cut", cut
        yield from self._server_steps(state.table, device, device.line, name)
        yield from self._client_steps(device, device.line, name)

    # The server, as `delivering` shows it to be.

    def _hello(self, table: Table, device: Device) -> Line:
        at = device.memory.cursor
        if self._resumable(table, at):
            return Line(at, owes=True)
        return Line(table.head, (Frame("reset", table.head),))

    def _resumable(self, table: Table, at: Position) -> bool:
        return table.resumable(at) or (at.epoch == table.epoch and not self.rules.reset_when_trimmed)

    def _server_steps(self, table: Table, device: Device, line: Line, name: str) -> Steps[Device]:
        if line.up:
            yield Kind.DUTY, f"the server receives {line.up[0]} of {name}", self._received(table, device, line)
        if len(line.down) >= self.room:
            return
        if not self._resumable(table, line.sent):
            frame = Frame("reset", table.head)
            yield Kind.DUTY, f"the server sends {frame} to {name}", _down(device, line, frame)
        elif (seq := max(line.sent.seq, table.floor) + 1) <= len(table.log):
            frame = Frame("entry", Position(table.epoch, seq), table.log[seq - 1])
            yield Kind.DUTY, f"the server sends {frame} to {name}", _down(device, line, frame)
        elif line.owes:
            frame = Frame("caught_up", line.sent)
            told = _down(device, line._replace(owes=False), frame)
            yield Kind.DUTY, f"the server sends {frame} to {name}", told
        elif self._ping_tells(device, line):
            frame = Frame("ping", line.sent)
            yield Kind.RESCUE, f"the server sends {frame} to {name}", _down(device, line, frame)

    def _ping_tells(self, device: Device, line: Line) -> bool:
        """Pings that tell nothing new are no steps, or every state would be followed by a ping."""
        quiet = not line.down and not line.up and not device.syncing and device.snapshot is None
        return self.rules.ping_carries_head and quiet and device.memory.cursor != line.sent

    def _received(self, table: Table, device: Device, line: Line) -> Device:
        frame, *rest = line.up
        line = line._replace(up=tuple(rest))
        if frame.type == "sync":
            if self._resumable(table, frame.at):
                return device._replace(line=line._replace(sent=frame.at, owes=True))
            return _down(device, line, Frame("reset", table.head))
        at = frame.at if self.rules.ack_names_epoch else Position(line.sent.epoch, frame.at.seq)
        return device._replace(line=line, receipt=max(device.receipt, at))

    # The client.

    def _client_steps(self, device: Device, line: Line, name: str) -> Steps[Device]:
        held = device.snapshot is not None and self.rules.hold_during_snapshot
        if line.down and not held:
            yield Kind.DUTY, *self._receives(device, line, name)
        if line.down and not self.rules.ack_after_store and line.down[0].type == "entry" and not line.up:
            yield from self._ack(device, line, line.down[0].at, name)
        elif self.rules.ack_after_store and self.acks and not line.up:
            yield from self._ack(device, line, device.stored.cursor, name)
        if device.syncing and not line.down and not line.up and not line.owes:
            again = _sync(device._replace(syncing=False))
            yield Kind.RESCUE, f"{name} waits in vain for its sync, and asks again", again

    def _ack(self, device: Device, line: Line, at: Position, name: str) -> Steps[Device]:
        if at > line.acked and device.snapshot is None:
            sent = line._replace(up=(*line.up, Frame("ack", at)), acked=at)
            yield Kind.DUTY, f"{name} acknowledges {at}", device._replace(line=sent)

    def _receives(self, device: Device, line: Line, name: str) -> tuple[str, Device]:
        frame, *rest = line.down
        device = device._replace(line=line._replace(down=tuple(rest)))
        if frame.type == "entry":
            return self._entry(device, frame, name)
        if frame.type == "reset":
            text = f"{name} receives {frame} and asks for a snapshot"
            after = device._replace(snapshot=Snapshot(frame.at), syncing=False, failed=0)
            if not self.rules.hold_during_snapshot:
                after = after._replace(memory=device.memory._replace(cursor=frame.at))
            return text, after
        if frame.type == "caught_up":
            behind = device.syncing and device.memory.cursor.seq < frame.at.seq
            done = device._replace(syncing=False, failed=0)
            return f"{name} receives {frame}", _failed(device, frame.at) if behind else done
        ahead = frame.at.seq > device.memory.cursor.seq
        return f"{name} receives {frame}", _sync(device) if ahead else device

    def _entry(self, device: Device, frame: Frame, name: str) -> tuple[str, Device]:
        at, seq = device.memory.cursor, frame.at.seq
        if seq <= at.seq and self.rules.client_dedup:
            return f"{name} drops {frame}, a duplicate", device
        if seq > at.seq + 1 and self.rules.client_gap_check:
            return f"{name} stands at {at}, receives {frame}: a gap", _sync(device)
        facts = device.memory.facts | 1 << frame.fact
        after = device._replace(memory=Copy(Position(at.epoch, seq), facts))
        if seq <= at.seq:
            wrong = Violation("applied twice", f"{name} stands at {at} and applies {frame} again")
            after = after._replace(wrong=wrong)
        return f"{name} applies {frame}", after

    def _store_steps(self, device: Device, name: str) -> Steps[Device]:
        unfinished = device.snapshot is not None and not self.rules.hold_during_snapshot
        if unfinished or device.memory == device.stored or device.memory.cursor == NOWHERE:
            return
        half = device.memory
        if self.rules.storing == "effect first" and device.stored.cursor != NOWHERE:
            half = device.stored._replace(facts=device.memory.facts)
        elif self.rules.storing == "cursor first":
            half = device.stored._replace(cursor=device.memory.cursor)
        if half in (device.stored, device.memory):
            yield Kind.DUTY, f"{name} stores {_copy(device.memory)}", device._replace(stored=device.memory)
        else:
            yield Kind.DUTY, f"{name} stores half of it: {_copy(half)}", device._replace(stored=half)

    def _snapshot_steps(self, table: Table, device: Device, snapshot: Snapshot, name: str) -> Steps[Device]:
        cursor_due = snapshot.cursor is None and (self.rules.cursor_before_state or snapshot.facts is not None)
        if cursor_due:
            after = snapshot._replace(cursor=table.head)
            yield Kind.DUTY, f"the snapshot for {name} reads its cursor, {table.head}", device._replace(snapshot=after)
        elif snapshot.facts is None:
            after = snapshot._replace(facts=table.state())
            text = f"the snapshot for {name} reads the state, {letters(table.state())}"
            yield Kind.DUTY, text, device._replace(snapshot=after)
        elif snapshot.cursor is not None:
            copy = Copy(snapshot.cursor, snapshot.facts)
            if not self.rules.hold_during_snapshot:
                copy = Copy(max(device.memory.cursor, snapshot.cursor), snapshot.facts)
            yield Kind.DUTY, f"{name} installs the snapshot: {_copy(copy)}", device._replace(memory=copy, snapshot=None)

    # Promises.

    def broken(self, state: State) -> Violation | None:
        for d, device in enumerate(state.devices):
            incomplete = device.snapshot is not None and not self.rules.hold_during_snapshot
            copy = Copy() if incomplete else device.memory
            violation = device.wrong or _copy_wrong(state.table, copy, d) or _receipt_wrong(device, d)
            if violation is not None:
                return violation
        return None

    def unserved(self, state: State) -> Violation | None:
        return None

    def unsettled(self, state: State) -> Violation | None:
        truth = Copy(state.table.head, state.table.state())
        for d, device in enumerate(state.devices):
            if device.memory != truth or device.stored != truth:
                says = f"nothing is left to do, and device {d} holds {_copy(device.memory)} instead of {_copy(truth)}"
                return Violation("stale" if device.memory.facts == truth.facts else "lost", says)
        return None

    def picture(self, state: State) -> str:
        return f"{state.table}; " + "; ".join(
            f"device {d} holds {_copy(device.memory)}, has stored {_copy(device.stored)}, acknowledged {device.receipt}"
            for d, device in enumerate(state.devices)
        )


def _copy_wrong(table: Table, copy: Copy, d: int) -> Violation | None:
    if copy.cursor.epoch == table.epoch and copy.cursor > table.head:
        return Violation("ahead", f"device {d} stands at {copy.cursor}, beyond head {table.head}")
    missing = table.owed(copy.cursor) & ~copy.facts if copy.cursor != NOWHERE else 0
    if missing:
        return Violation("lost", f"device {d} stands at {copy.cursor} and has skipped fact {letters(missing)}")
    return None


def _receipt_wrong(device: Device, d: int) -> Violation | None:
    if device.receipt > device.stored.cursor:
        says = f"the server believes that device {d} has {device.receipt}, and it has stored {device.stored.cursor}"
        return Violation("acknowledged too much", says)
    return None


def _with(state: State, d: int, device: Device) -> State:
    return state._replace(devices=(*state.devices[:d], device, *state.devices[d + 1 :]))


def _down(device: Device, line: Line, frame: Frame) -> Device:
    sent = frame.at if frame.type in {"entry", "reset"} else line.sent
    return device._replace(line=line._replace(sent=sent, down=(*line.down, frame)))


def _sync(device: Device) -> Device:
    if device.syncing or device.line is None:
        return device
    up = (*device.line.up, Frame("sync", device.memory.cursor))
    return device._replace(line=device.line._replace(up=up), syncing=True)


def _failed(device: Device, caught_up: Position) -> Device:
    """A sync that repaired nothing: try once more, then take a snapshot and go on from where the sync ended."""
    device = device._replace(syncing=False, failed=device.failed + 1)
    if device.failed < FAILED_SYNCS:
        return _sync(device)
    return device._replace(snapshot=Snapshot(caught_up), failed=0)


def _copy(copy: Copy) -> str:
    return "nothing" if copy.cursor == NOWHERE else f"{copy.cursor} with facts {letters(copy.facts)}"
