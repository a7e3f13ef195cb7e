"""The real delivery machine at work: a door that obeys it as the gateway's does, a client that follows the protocol.

Where the worlds of the model are what the code should be, this is the code, with everything around it that may
misbehave kept as lists: answers that arrive late, syncs under way, a wire that a proxy tampers with. A test moves one
part at a time, and `settle` moves all of them until nothing is left to do.

Imports timeline, and of the project: cursor, delivery.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from streams.cursor import Cursor
from streams.delivery import Delivery, Do, State
from streams.protocol import ResetReason

from .timeline import EPOCHS, START, Position, Table

PAGE = 2
REACH = 4
"""Entries replayed at most; more missed than that is a reset."""
FULL, LOW = 3, 1
"""Frames on the wire at which it is full, and at which it has drained."""
FAILED_SYNCS = 2
LONG_ENOUGH = 500
"""Steps in which everything must have settled."""


class Frame(NamedTuple):
    """`type` is entry, reset, caught_up or ping; a welcome is taken in with the reset or the entries behind it."""

    type: str
    at: Position
    fact: int = -1


class Answer(NamedTuple):
    """What one read of the table saw."""

    read: int
    epoch: int
    head: int
    floor: int
    rows: tuple[tuple[int, int], ...]


@dataclass
class Door:
    """Obeys the machine. `told` is the newest entry that hints named since the last reset."""

    delivery: Delivery
    resume: Position | None
    wire: list[Frame] = field(default_factory=list)
    asked: list[Position] = field(default_factory=list)
    wanted: int | None = None
    answers: list[Answer] = field(default_factory=list)
    stalled: bool = False
    told: int = 0
    reasons: set[ResetReason] = field(default_factory=set)

    @property
    def sent(self) -> Position:
        return Position(EPOCHS.index(self.delivery.epoch), self.delivery.sent)

    def locate(self, table: Table) -> None:
        head = table.head
        do = self.delivery.located(
            epoch=EPOCHS[head.epoch], head=head.seq, floor=table.floor, resume=_cursor(self.resume), reach=REACH
        )
        self.obey(do)

    def hint(self, at: Position, fact: int | None) -> None:
        do = self.delivery.hint(EPOCHS[at.epoch], at.seq, carries=fact is not None)
        if self.delivery.state is not State.LOCATING and EPOCHS[at.epoch] == self.delivery.epoch:
            self.told = max(self.told, at.seq)
        if do is Do.SEND:
            assert fact is not None
            self.write(Frame("entry", at, fact))
        elif do is Do.READ:
            self.obey(do)

    def select(self, table: Table) -> None:
        """The database answers the read wanted last."""
        assert self.wanted is not None
        after = max(self.delivery.sent, table.floor)
        rows = tuple(enumerate(table.log[after : after + PAGE], after + 1))
        self.answers.append(Answer(self.wanted, table.epoch, len(table.log), table.floor, rows))
        self.wanted = None

    def page(self, answer: Answer) -> None:
        do = self.delivery.page(
            answer.read,
            epoch=EPOCHS[answer.epoch],
            head=answer.head,
            floor=answer.floor,
            seqs=[seq for seq, _ in answer.rows],
        )
        if do is not Do.SEND:
            self.obey(do)
            return
        for seq, fact in answer.rows:
            if self.delivery.state is not State.READING:
                break
            self.delivery.wrote(seq)
            self.write(Frame("entry", Position(answer.epoch, seq), fact))
        self.obey(self.delivery.page_done())

    def sync(self, after: Position) -> None:
        cursor = Cursor(EPOCHS[after.epoch], after.seq)
        self.obey(self.delivery.sync(cursor, allowed=True, reach=REACH))

    def serve(self, table: Table) -> bool:
        """One thing that happens by itself behind a door that has located its client; False when there is none."""
        if self.wanted is not None:
            self.select(table)
        elif self.answers:
            self.page(self.answers.pop(0))
        elif self.asked:
            self.sync(self.asked.pop(0))
        else:
            return False
        return True

    def sweep(self, table: Table) -> bool:
        """Tell the machine what the table's head is, if it stands elsewhere."""
        if self.delivery.state is State.LOCATING or self.sent == table.head:
            return False
        self.hint(table.head, None)
        return True

    def obey(self, do: Do) -> None:
        if do is Do.READ:
            self.wanted = self.delivery.read
        elif do is Do.CATCH_UP:
            self.write(Frame("caught_up", self.sent))
        elif do is Do.RESET:
            self.told = 0
            self.reasons.add(self.delivery.reason)
            self.write(Frame("reset", self.sent))

    def write(self, frame: Frame) -> None:
        self.wire.append(frame)
        if len(self.wire) >= FULL and not self.stalled and self.delivery.state is not State.LOCATING:
            self.stalled = True
            self.delivery.full()

    def drain(self) -> None:
        if self.stalled and len(self.wire) <= LOW:
            self.stalled = False
            self.obey(self.delivery.drained())


@dataclass
class Client:
    """The client's rules, and nothing else: apply iff next, drop what it has, sync over a gap, snapshot on reset."""

    applied: Position = START
    state: int = 0
    snapshot: Position | None = None
    syncing: bool = False
    failed: int = 0

    def receive(self, frame: Frame) -> bool:
        """Take one frame; True when a sync must be sent."""
        if frame.type == "entry":
            return self._entry(frame)
        if frame.type == "reset":
            self.snapshot, self.syncing, self.failed = frame.at, False, 0
            return False
        if frame.type == "caught_up":
            return self._caught_up(frame.at)
        return self._gap(frame.at.seq > self.applied.seq)

    def _entry(self, frame: Frame) -> bool:
        if frame.at.seq == self.applied.seq + 1:
            self.applied = self.applied._replace(seq=frame.at.seq)
            self.state |= 1 << frame.fact
            return False
        return self._gap(frame.at.seq > self.applied.seq)

    def _caught_up(self, at: Position) -> bool:
        failed = self.syncing and self.applied.seq < at.seq
        self.syncing, self.failed = False, self.failed + 1 if failed else 0
        if self.failed < FAILED_SYNCS:
            return self._gap(failed)
        self.snapshot, self.failed = at, 0
        return False

    def _gap(self, missing: bool) -> bool:
        asks = missing and not self.syncing
        self.syncing = self.syncing or asks
        return asks

    def install(self, table: Table) -> None:
        assert self.snapshot is not None
        self.applied, self.state, self.snapshot = self.snapshot, table.state(), None


@dataclass
class Conversation:
    """The table, the client, and the connection between them if there is one."""

    machine: type[Delivery] = Delivery
    table: Table = field(default_factory=Table)
    client: Client = field(default_factory=Client)
    door: Door | None = None
    tampered: bool = False
    """On this connection a frame was lost or repeated, or a sync asked for: what comes may lie behind or ahead."""

    def connect(self) -> None:
        self.door = Door(self.machine(), self.client.applied)
        self.client.syncing = False
        self.client.snapshot = None  # one that was not taken yet is of a connection that has ended
        self.tampered = False

    def cut(self) -> None:
        self.door = None

    def sweep(self) -> bool:
        """Tell the machine what the table's head is, if it stands elsewhere."""
        return self.door is not None and self.door.sweep(self.table)

    def read_frame(self) -> None:
        """The client takes the first frame off the wire."""
        assert self.door is not None
        frame = self.door.wire.pop(0)
        if frame.type == "entry":
            log = self.table.logs()[frame.at.epoch]
            assert log[frame.at.seq - 1 : frame.at.seq] == (frame.fact,), f"{frame} never stood there"
        if frame.type == "entry" and not self.tampered:
            assert frame.at == self.client.applied._replace(seq=self.client.applied.seq + 1), f"{frame} is not next"
        if self.client.receive(frame):
            self.ask()
        self.door.drain()

    def ask(self) -> None:
        self.tampered = True
        self.client.syncing = True
        assert self.door is not None
        self.door.asked.append(self.client.applied)

    def check(self) -> None:
        """Promises that hold at any moment."""
        table, client = self.table, self.client
        assert client.applied.epoch != table.epoch or client.applied <= table.head, "the client is ahead of the head"
        assert not table.owed(client.applied) & ~client.state, f"the client has skipped an entry at {client.applied}"
        reasons = self.door.reasons if self.door else set()
        assert table.past or not reasons & {"epoch", "ahead"}, "reset as after a restore, and there was none"
        assert table.past or table.floor or "trimmed" not in reasons, "reset as after trimming, and nothing is trimmed"

    def duty(self) -> bool:
        """Do one thing that happens by itself; False when there is none."""
        door = self.door
        if door is None:
            self.connect()
        elif self.client.snapshot is not None:
            self.client.install(self.table)
        elif door.delivery.state is State.LOCATING:
            door.locate(self.table)
        elif not door.serve(self.table):
            if not door.wire:
                return False
            self.read_frame()
        return True

    def rescue(self) -> bool:
        """Do one thing that a timer does; False when it would change nothing."""
        assert self.door is not None
        if self.sweep():
            return True
        if self.client.syncing:
            self.ask()
            return True
        if self.client.applied.seq < self.door.sent.seq:
            self.door.write(Frame("ping", self.door.sent))
            return True
        return False

    def settle(self) -> None:
        """Let everything happen that happens by itself. Nothing may be lost, and nothing told of slept on."""
        for _ in range(LONG_ENOUGH):
            self.check()
            if self.duty():
                continue
            self._nobody_sleeps()
            if not self.rescue():
                break
        else:
            raise AssertionError("the conversation goes round for ever")
        assert self.client.applied == self.table.head, f"the client stands at {self.client.applied}: {self.table}"
        assert self.client.state == self.table.state(), f"the client lacks something or has too much: {self.table}"

    def _nobody_sleeps(self) -> None:
        door = self.door
        assert door is not None
        known = door.told if door.sent.epoch == self.table.epoch else 0
        assert door.sent.seq >= known, f"told of {known}, and asleep at {door.sent}"


def _cursor(at: Position | None) -> Cursor | None:
    return at and Cursor(EPOCHS[at.epoch], at.seq)
