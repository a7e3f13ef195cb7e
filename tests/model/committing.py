"""World one: transactions, the head's lock, numbers, and the hint that follows.

The question here is whether the *table* deserves trust: is what a reader finds after its cursor always everything that
will ever stand there? The reader is therefore the simplest possible one, gateway and client in one value: it applies
what a hint carries when it is next, reads the table otherwise, and believes what it reads.

Two ways of numbering are covered. *Locked*: the transaction waits for the head row and holds it until its commit.
*Deferred*: when another transaction holds the head row, the entry commits un-numbered, together with its cause, and the
next holder numbers everything that waits, in order of insertion. Insertion is not commit order, but whatever began
after a commit inserts after it, which is the order anybody can observe, and the order checked here.

Imports explore and rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .explore import Kind, Steps, Violation
from .rules import RIGHT, Rules

NOBODY = -1
NAMES = "abcdefgh"


class Row(NamedTuple):
    """An entry. `fact` is its identity, `saw` the facts that were committed when its transaction began."""

    fact: int
    seq: int
    saw: int


class Hint(NamedTuple):
    seq: int
    fact: int


class Stream(NamedTuple):
    """One head row, the entries under it, the hints published about them, and the reader who follows."""

    head: int = 0
    drawn: int = 0
    holder: int = NOBODY
    rows: tuple[Row, ...] = ()
    waiting: tuple[Row, ...] = ()
    hints: tuple[Hint, ...] = ()
    cursor: int = 0
    state: int = 0


class Writer(NamedTuple):
    """A process that runs one transaction after another. `left` counts those it has not begun."""

    left: int
    phase: str = "idle"
    at: int = 0
    fact: int = NOBODY
    saw: int = 0
    drafts: tuple[tuple[int, Row], ...] = ()
    unnumbered: tuple[int, ...] = ()
    news: tuple[tuple[int, Row], ...] = ()


class State(NamedTuple):
    streams: tuple[Stream, ...]
    writers: tuple[Writer, ...]
    committed: int = 0
    wrong: Violation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committing:
    """`recipients[w]` are the streams writer `w` appends to, in the order its action names them.

    With `kills` a writer may die after its commit; before it, dying is rolling back.
    """

    rules: Rules = RIGHT
    recipients: tuple[tuple[int, ...], ...] = ((0,), (0,), (0,))
    transactions: int = 1
    deferred: bool = True
    kills: bool = True

    def initial(self) -> State:
        streams = 1 + max(max(targets) for targets in self.recipients)
        return State((Stream(),) * streams, (Writer(self.transactions),) * len(self.recipients))

    def canonical(self, state: State) -> State:
        return state

    def steps(self, state: State) -> Steps[State]:
        for w, writer in enumerate(state.writers):
            yield from self._writer_steps(state, w, writer)
        for s, stream in enumerate(state.streams):
            yield from self._reader_steps(state, s, stream)

    # Writers.

    def _writer_steps(self, state: State, w: int, writer: Writer) -> Steps[State]:
        if writer.phase == "idle" and writer.left:
            what = "begins, and changes rows" if self.rules.entry_with_cause else "changes rows, and commits them"
            yield Kind.WORLD, f"writer {w} {what}", self._begin(state, w, writer)
        elif writer.phase == "open":
            yield from self._open_steps(state, w, writer)
        elif writer.phase == "committed":
            what = f"publishes {_hints(writer.news)}" if writer.news else "has nothing to publish"
            yield Kind.DUTY, f"writer {w} {what}", self._publish(state, w, writer)
            if self.kills:
                dead = _with(state, w, Writer(writer.left))
                yield Kind.WORLD, f"writer {w} is killed after its commit, before it publishes", dead
        elif writer.phase == "follow-up":
            yield from self._follow_up_steps(state, w, writer)

    def _begin(self, state: State, w: int, writer: Writer) -> State:
        fact = w * self.transactions + writer.left - 1
        begun = Writer(writer.left - 1, "open", 0, fact, state.committed)
        committed = state.committed if self.rules.entry_with_cause else state.committed | 1 << fact
        return _with(state, w, begun)._replace(committed=committed)

    def _open_steps(self, state: State, w: int, writer: Writer) -> Steps[State]:
        targets = sorted(self.recipients[w]) if self.rules.one_lock_order else self.recipients[w]
        if writer.at < len(targets):
            yield from self._append_steps(state, w, writer, targets[writer.at])
        elif self.rules.publish_after_commit or not _unpublished(state, writer):
            yield Kind.DUTY, f"writer {w} commits {_rows(writer)}", self._commit(state, w, writer)
        else:
            early = _publish(state, writer.drafts)
            yield Kind.DUTY, f"writer {w} publishes {_hints(writer.drafts)} before its commit", early
        if self.kills or writer.fact != NOBODY:
            yield Kind.WORLD, f"writer {w} rolls back, or is killed", self._roll_back(state, w, writer)

    def _append_steps(self, state: State, w: int, writer: Writer, s: int) -> Steps[State]:
        stream, own = state.streams[s], Row(writer.fact, 0, writer.saw)
        if not self.rules.sequence_under_lock:
            row = own._replace(seq=stream.drawn + 1)
            drawn = _stream(state, s, stream._replace(drawn=row.seq))
            after = writer._replace(at=writer.at + 1, drafts=(*writer.drafts, (s, row)))
            yield Kind.DUTY, f"writer {w} draws {row.seq} from a sequence for {_fact(own)}", _with(drawn, w, after)
        elif stream.holder == NOBODY:
            waiting = self._visible(state, stream) if self.rules.number_waiting_first else ()
            batch = _numbered(s, stream.head, (*waiting, own))
            text = f"writer {w} locks head {stream.head} of stream {s} and numbers {_hints(batch)}"
            locked = _stream(state, s, stream._replace(holder=w))
            after = writer._replace(at=writer.at + 1, drafts=(*writer.drafts, *batch))
            yield Kind.DUTY, text, _with(locked, w, after)
        elif self.deferred:
            text = f"writer {w} finds stream {s} locked and inserts {_fact(own)} un-numbered"
            inserted = _stream(state, s, stream._replace(waiting=(*stream.waiting, own)))
            after = writer._replace(at=writer.at + 1, unnumbered=(*writer.unnumbered, s))
            yield Kind.DUTY, text, _with(inserted, w, after)

    def _visible(self, state: State, stream: Stream) -> tuple[Row, ...]:
        return tuple(row for row in stream.waiting if state.committed >> row.fact & 1)

    def _commit(self, state: State, w: int, writer: Writer) -> State:
        own = 0 if writer.fact == NOBODY else 1 << writer.fact
        state = _settle(state, w, writer.drafts)._replace(committed=state.committed | own)
        news = writer.drafts if self.rules.publish_after_commit else ()
        return _with(state, w, writer._replace(phase="committed", drafts=(), news=news))

    def _roll_back(self, state: State, w: int, writer: Writer) -> State:
        streams = tuple(
            stream._replace(
                holder=NOBODY if stream.holder == w else stream.holder,
                waiting=tuple(row for row in stream.waiting if row.fact != writer.fact),
            )
            for stream in state.streams
        )
        return _with(state._replace(streams=streams), w, Writer(writer.left))

    def _publish(self, state: State, w: int, writer: Writer) -> State:
        after = Writer(writer.left, "follow-up", unnumbered=writer.unnumbered) if writer.unnumbered else None
        return _with(_publish(state, writer.news), w, after or Writer(writer.left))

    def _follow_up_steps(self, state: State, w: int, writer: Writer) -> Steps[State]:
        s, *rest = writer.unnumbered
        stream = state.streams[s]
        done = writer._replace(unnumbered=tuple(rest)) if rest else Writer(writer.left)
        waiting = self._visible(state, stream)
        if not waiting:
            yield Kind.DUTY, f"writer {w} finds nothing left to number in stream {s}", _with(state, w, done)
        elif stream.holder == NOBODY:
            batch = _numbered(s, stream.head, waiting)
            text = f"writer {w} locks head {stream.head} of stream {s} again and numbers {_hints(batch)}"
            after = Writer(writer.left, "open", len(self.recipients[w]), drafts=batch, unnumbered=tuple(rest))
            yield Kind.DUTY, text, _with(_stream(state, s, stream._replace(holder=w)), w, after)
        elif not self.rules.follow_up_waits:
            text = f"writer {w} finds stream {s} locked and leaves its entry to the holder"
            yield Kind.DUTY, text, _with(state, w, done)
        if self.kills:
            dead = _with(state, w, Writer(writer.left))
            yield Kind.WORLD, f"writer {w} is killed before it numbers what it left", dead

    # The reader of a stream: hints if they come, the table if they do not fit, the sweep if nothing comes.

    def _reader_steps(self, state: State, s: int, stream: Stream) -> Steps[State]:
        for hint in stream.hints:
            if hint.seq > stream.cursor:
                text = f"a hint of {s}.{hint.seq} arrives"
                yield Kind.WORLD, *self._hinted(state, s, stream, hint, text)
        orphans = self._visible(state, stream)
        if orphans and stream.holder == NOBODY and self.rules.sweep_numbers:
            batch = _numbered(s, stream.head, orphans)
            yield Kind.RESCUE, f"the sweep numbers {_hints(batch)}", _settle(state, NOBODY, batch)
        if self.rules.sweeper and stream.head > stream.cursor:
            found, after = self._read(state, s, stream)
            yield Kind.RESCUE, f"the sweep sees head {stream.head} of stream {s}: {found}", after

    def _hinted(self, state: State, s: int, stream: Stream, hint: Hint, text: str) -> tuple[str, State]:
        if self.rules.payload_in_hint and hint.seq == stream.cursor + 1:
            row = Row(hint.fact, hint.seq, 0)
            return f"{text} and its payload, {_fact(row)}, is applied", _stream(state, s, _applied(stream, (row,)))
        found, after = self._read(state, s, stream)
        return f"{text}: {found}", after

    def _read(self, state: State, s: int, stream: Stream) -> tuple[str, State]:
        rows = tuple(sorted((r for r in stream.rows if r.seq > stream.cursor), key=lambda r: r.seq))
        text = f"reader {s} reads after {stream.cursor} and applies {_hints(tuple((s, r) for r in rows)) or 'nothing'}"
        waiting = self._visible(state, stream)
        if waiting and not self.rules.deliver_numbered_only:
            wrong = Violation("un-numbered", f"{_fact(waiting[0])} reached the reader before it had a number")
            return f"{text}, {_fact(waiting[0])}", state._replace(wrong=wrong)
        return text, _stream(state, s, _applied(stream, rows))

    # Promises.

    def broken(self, state: State) -> Violation | None:
        if state.wrong is not None:
            return state.wrong
        for s, stream in enumerate(state.streams):
            violation = _reader_wrong(state, s, stream) or _order_wrong(stream)
            if violation is not None:
                return violation
        return None

    def unserved(self, state: State) -> Violation | None:
        return None

    def unsettled(self, state: State) -> Violation | None:
        for w, writer in enumerate(state.writers):
            if writer.phase != "idle":
                return Violation("deadlock", f"writer {w} waits for a lock that nobody will release")
        for s, stream in enumerate(state.streams):
            missing = state.committed & self._addressed(s) & ~stream.state
            if missing:
                return Violation("lost", f"reader {s} will never learn of fact {_letters(missing)}")
        return None

    def _addressed(self, s: int) -> int:
        facts = 0
        for w, targets in enumerate(self.recipients):
            if s in targets:
                facts |= ((1 << self.transactions) - 1) << w * self.transactions
        return facts

    def picture(self, state: State) -> str:
        return "; ".join(
            f"stream {s}: head {stream.head}, rows {_hints(tuple((s, r) for r in stream.rows)) or 'none'}, "
            f"un-numbered {_letters(sum(1 << r.fact for r in stream.waiting)) or 'none'}, "
            f"reader at {stream.cursor} has {_letters(stream.state) or 'nothing'}"
            for s, stream in enumerate(state.streams)
        )


def _reader_wrong(state: State, s: int, stream: Stream) -> Violation | None:
    phantom = stream.state & ~state.committed
    if phantom:
        return Violation("phantom", f"reader {s} applied fact {_letters(phantom)}, which is not committed")
    for row in stream.rows:
        if row.seq <= stream.cursor and not stream.state >> row.fact & 1:
            return Violation("lost", f"reader {s} stands at {stream.cursor} and has skipped {s}.{row.seq}")
    if stream.cursor > max(stream.head, stream.drawn):
        return Violation("ahead", f"reader {s} stands at {stream.cursor}, beyond head {stream.head}")
    return None


def _order_wrong(stream: Stream) -> Violation | None:
    for later in stream.rows:
        for earlier in stream.rows:
            if later.saw >> earlier.fact & 1 and earlier.seq > later.seq:
                says = f"{_fact(earlier)} was committed before {_fact(later)} began, and has the higher number"
                return Violation("out of order", says)
    return None


def _with(state: State, w: int, writer: Writer) -> State:
    return state._replace(writers=(*state.writers[:w], writer, *state.writers[w + 1 :]))


def _stream(state: State, s: int, stream: Stream) -> State:
    return state._replace(streams=(*state.streams[:s], stream, *state.streams[s + 1 :]))


def _numbered(s: int, head: int, rows: tuple[Row, ...]) -> tuple[tuple[int, Row], ...]:
    return tuple((s, row._replace(seq=head + n)) for n, row in enumerate(rows, 1))


def _settle(state: State, w: int, drafts: tuple[tuple[int, Row], ...]) -> State:
    """Make `drafts` visible, and release the locks of `w`."""
    for s, row in drafts:
        stream = state.streams[s]
        waiting = tuple(other for other in stream.waiting if other.fact != row.fact)
        rows = (*stream.rows, row)
        state = _stream(state, s, stream._replace(head=max(stream.head, row.seq), rows=rows, waiting=waiting))
    freed = (stream._replace(holder=NOBODY) if stream.holder == w else stream for stream in state.streams)
    return state._replace(streams=tuple(freed))


def _publish(state: State, news: tuple[tuple[int, Row], ...]) -> State:
    for s, row in news:
        stream = state.streams[s]
        hints = tuple(sorted({*stream.hints, Hint(row.seq, row.fact)}))
        state = _stream(state, s, stream._replace(hints=hints))
    return state


def _unpublished(state: State, writer: Writer) -> bool:
    return any(Hint(row.seq, row.fact) not in state.streams[s].hints for s, row in writer.drafts)


def _applied(stream: Stream, rows: tuple[Row, ...]) -> Stream:
    for row in rows:
        stream = stream._replace(cursor=row.seq, state=stream.state | 1 << row.fact)
    return stream


def _fact(row: Row) -> str:
    return f"fact {NAMES[row.fact]}"


def _letters(facts: int) -> str:
    return "".join(letter for n, letter in enumerate(NAMES) if facts >> n & 1)


def _hints(news: tuple[tuple[int, Row], ...]) -> str:
    return ", ".join(f"{s}.{row.seq}={NAMES[row.fact]}" for s, row in news) or "nothing"


def _rows(writer: Writer) -> str:
    late = f"{NAMES[writer.fact]} un-numbered" if writer.unnumbered and writer.fact != NOBODY else ""
    return ", ".join(part for part in (_hints(writer.drafts) if writer.drafts else "", late) if part)
