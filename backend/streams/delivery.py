"""One client following one stream: the state machine that owns correctness on the server.

The naive gateway forwards what the bus brings. But a bus loses, repeats and reorders, a database read races with the bus,
and a phone stops reading: forwarding then loses, doubles or swaps. This machine compares every number with the last one it
sent and knows three answers only: send it, drop it, or read the table.

It touches no socket, no clock and no database. A door tells it what happened (`located`, `hint`, `page`, …) and does what it
answers. The picture in docs/reference/delivery.md is drawn from `TABLE`, the table that runs.

The promise: entries are given to the door in order, each once, none skipped, whatever the hints do; or a reset says that
this cannot be.

May import: cursor, events, protocol.
"""

from enum import Enum, auto
from typing import Final

from .cursor import Cursor
from .protocol import ResetReason


class State(Enum):
    """Where a connection stands."""

    LOCATING = "it has said hello; who it is and where its stream stands is being asked"
    READING = "entries after `sent` are being read, hints are only remembered"
    LIVE = "all that is known has been sent; the next number may go out straight from a hint"
    BEHIND = "the write buffer is full; nothing is sent until it drains"
    CLOSED = "over"


class Input(Enum):
    """What can happen to a connection."""

    RESUMABLE = "located, and entries after the cursor are wanted"
    CURRENT = "located, and nothing has been missed"
    UNRESUMABLE = "located, and the cursor does not hold"
    HINT_NEXT = "a hint carries exactly the next entry"
    HINT_AHEAD = "a hint or the sweeper tells of entries not sent yet"
    HINT_OLD = "a hint tells nothing new"
    PAGE_FULL = "a page was sent and more is known to follow"
    PAGE_LAST = "a page was sent and nothing is known to follow"
    PAGE_BROKEN = "a page does not continue what was sent: trimmed or restored under us"
    SYNC = "the client asks for everything after a cursor again"
    SYNC_REFUSED = "the client asks with a cursor that does not hold, or too often"
    FULL = "the write buffer is over its high-water mark"
    DRAINED = "the write buffer is empty enough again, and something has been missed"
    DRAINED_CURRENT = "the write buffer is empty enough again, and nothing has been missed"
    LOST = "the connection ended"


class Do(Enum):
    """What the door must do about it."""

    NOTHING = auto()
    SEND = auto()
    READ = auto()
    CATCH_UP = auto()
    RESET = auto()


def _table() -> dict[tuple[State, Input], tuple[State, Do]]:
    locating, reading, live, behind = State.LOCATING, State.READING, State.LIVE, State.BEHIND
    table = {
        (locating, Input.RESUMABLE): (reading, Do.READ),
        (locating, Input.CURRENT): (live, Do.CATCH_UP),
        (locating, Input.UNRESUMABLE): (live, Do.RESET),
        (reading, Input.PAGE_FULL): (reading, Do.READ),
        (reading, Input.PAGE_LAST): (live, Do.CATCH_UP),
        (reading, Input.PAGE_BROKEN): (live, Do.RESET),
        (reading, Input.SYNC): (reading, Do.READ),
        (reading, Input.SYNC_REFUSED): (live, Do.RESET),
        (reading, Input.FULL): (behind, Do.NOTHING),
        (live, Input.HINT_NEXT): (live, Do.SEND),
        (live, Input.HINT_AHEAD): (reading, Do.READ),
        (live, Input.SYNC): (reading, Do.READ),
        (live, Input.SYNC_REFUSED): (live, Do.RESET),
        (live, Input.FULL): (behind, Do.NOTHING),
        (behind, Input.SYNC): (behind, Do.NOTHING),
        (behind, Input.SYNC_REFUSED): (behind, Do.RESET),
        (behind, Input.DRAINED): (reading, Do.READ),
        (behind, Input.DRAINED_CURRENT): (live, Do.CATCH_UP),
    }
    ignored = {
        locating: (Input.HINT_NEXT, Input.HINT_AHEAD, Input.HINT_OLD, Input.FULL, Input.DRAINED, Input.DRAINED_CURRENT),
        reading: (Input.HINT_NEXT, Input.HINT_AHEAD, Input.HINT_OLD, Input.DRAINED, Input.DRAINED_CURRENT),
        live: (Input.HINT_OLD, Input.DRAINED, Input.DRAINED_CURRENT),
        behind: (Input.HINT_NEXT, Input.HINT_AHEAD, Input.HINT_OLD, Input.FULL),
    }
    table |= {(state, what): (state, Do.NOTHING) for state, inputs in ignored.items() for what in inputs}
    return table | {(state, Input.LOST): (State.CLOSED, Do.NOTHING) for state in State}


TABLE: Final = _table()
"""(state, input) → (next state, what to do). A CATCH_UP that nobody was promised is answered as NOTHING."""


class ImpossibleInput(Exception):
    """A door told the machine something that cannot happen in this state; the door is wrong, not the client."""


class Delivery:
    """The machine. `sent` is the number of the last entry given to the door, `head` the largest known to exist."""

    __slots__ = ("_early", "_page_head", "_woken", "announce", "epoch", "head", "read", "reason", "sent", "state")

    def __init__(self) -> None:
        self.state = State.LOCATING
        self.epoch = ""
        self.sent = 0
        self.head = 0
        self.read = 0
        """Counts reads. A page answers the read it was asked by; an older one is stale."""
        self.reason: ResetReason = "epoch"
        """Why the last RESET."""
        self.announce = False
        self._early: tuple[str, int] | None = None
        self._page_head = 0
        self._woken = False
        """A hint told of something new since the read was asked for, so its page may be too old to know. Cleared when the
        read is asked for, never when its page comes: that would forget the hints in between."""

    def _take(self, what: Input) -> Do:
        try:
            self.state, do = TABLE[self.state, what]
        except KeyError:
            raise ImpossibleInput(f"{what.name} in {self.state.name}") from None
        if do is Do.READ:
            self.read += 1
            self._woken = False
        elif do is Do.CATCH_UP:
            if not self.announce:
                return Do.NOTHING
            self.announce = False
        return do

    def _reset(self, what: Input, reason: ResetReason) -> Do:
        self.reason = reason
        self.sent = self.head
        self.announce = False
        return self._take(what)

    @property
    def cursor(self) -> Cursor:
        """Up to where this connection has been served."""
        return Cursor(self.epoch, self.sent)

    def located(self, *, epoch: str, head: int, floor: int, resume: Cursor | None, reach: int) -> Do:
        """Where the stream stands is known. Afterwards `cursor` is the place from which entries follow.

        Args:
            epoch: of the stream.
            head: its newest number.
            floor: its oldest number that a cursor may name.
            resume: the client's cursor, None to start at the head.
            reach: how many entries are replayed at most.
        """
        self.epoch, self.head = epoch, head
        reason = resume and unresumable(resume, epoch=epoch, head=head, floor=floor, reach=reach)
        self.sent = head if resume is None or reason else resume.seq
        if self._early is not None and self._early[0] == epoch:
            self.head = max(head, self._early[1])
        if reason:
            # The reset names the head just read; a hint that came before it is repaired by the next one or the sweeper.
            self.head = head
            return self._reset(Input.UNRESUMABLE, reason)
        self.announce = resume is not None
        return self._take(Input.CURRENT if self.sent == self.head else Input.RESUMABLE)

    def hint(self, epoch: str, seq: int, *, carries: bool) -> Do:
        """The bus tells that the stream reaches `seq`; `carries` says whether it brought that very entry."""
        if epoch == self.epoch:
            if seq > self.head:
                self.head = seq
                self._woken = True
            if seq <= self.sent:
                return self._take(Input.HINT_OLD)
            if not carries or seq != self.sent + 1:
                return self._take(Input.HINT_AHEAD)
            do = self._take(Input.HINT_NEXT)
            if do is Do.SEND:
                self.sent = seq
            return do
        if self.state is State.LOCATING and (self._early is None or self._early < (epoch, seq)):
            self._early = (epoch, seq)
        # Another epoch: a restore, or a hint from before one. The page will tell which.
        return self._take(Input.HINT_AHEAD)

    def sync(self, after: Cursor, *, allowed: bool, reach: int) -> Do:
        """The client repairs a gap: it has everything up to `after`.

        Args:
            after: its cursor.
            allowed: False when it asked too often.
            reach: how many entries are replayed at most.
        """
        reason = unresumable(after, epoch=self.epoch, head=self.head, floor=0, reach=reach) if allowed else "sync_limit"
        if reason is not None:
            return self._reset(Input.SYNC_REFUSED, reason)
        self.sent = after.seq
        self.announce = True
        return self._take(Input.SYNC)

    def page(self, read: int, *, epoch: str, head: int, floor: int, seqs: list[int]) -> Do:
        """A page was read: SEND its entries in order, or RESET, or NOTHING because it answers an older read.

        The door calls `wrote` for each entry, stops when the state is no longer READING, and ends with `page_done`.
        """
        if read != self.read or self.state is not State.READING:
            return Do.NOTHING
        reason: ResetReason | None = None
        if epoch != self.epoch:
            reason = "epoch"
        elif self.sent > head:
            reason = "ahead"
        elif self.sent < floor or seqs[:1] != ([self.sent + 1] if head > self.sent else []):
            reason = "trimmed"
        if reason is not None:
            self.epoch, self.head = epoch, head
            return self._reset(Input.PAGE_BROKEN, reason)
        self.head = max(self.head, head)
        self._page_head = head
        return Do.SEND

    def wrote(self, seq: int) -> None:
        """An entry of the page has been given to the transport."""
        self.sent = seq

    def page_done(self) -> Do:
        """The page has been written, as far as the buffer took it.

        A hint that came before the read was asked for and is not in its page told of nothing: the table is right.
        """
        if self.state is not State.READING:
            return Do.NOTHING
        if self.sent < self._page_head or (self._woken and self.sent < self.head):
            return self._take(Input.PAGE_FULL)
        self.head = self.sent
        return self._take(Input.PAGE_LAST)

    def full(self) -> Do:
        """The transport's write buffer is over its mark."""
        return self._take(Input.FULL)

    def drained(self) -> Do:
        """The transport's write buffer is empty enough again."""
        return self._take(Input.DRAINED_CURRENT if self.sent == self.head else Input.DRAINED)

    def lost(self) -> None:
        """The connection is gone."""
        self._take(Input.LOST)


def unresumable(cursor: Cursor, *, epoch: str, head: int, floor: int, reach: int) -> ResetReason | None:
    """Why a cursor cannot be resumed from, None when it can. The sequence outlives the log: an empty log may be resumable."""
    if cursor.epoch != epoch:
        return "epoch"
    if cursor.seq > head:
        return "ahead"
    if cursor.seq < floor:
        return "trimmed"
    if head - cursor.seq > reach:
        return "too_far"
    return None
