"""World two: the gateway, one connection, and a receiver who trusts whatever it is sent.

The question here is whether the *delivery machine* alone keeps the order: doors such as EventSource have no gap check
behind them, so the receiver of this world has none either. It stores each entry with its number at once, resumes from
there, and takes a snapshot when told to.

The bus is the worst one possible, and costs no state: every hint ever published may arrive at any moment, any number of
times, in any order, or never. That is loss, duplication, reordering, delay, and a writer that died before it published.
A query is asked in one step, answered by the database as it then is in a second, and heard by the machine in a third;
anything may happen between. The wire holds a bounded number of frames: beyond it the machine is *behind* and sends
nothing, which is the whole of back-pressure.

Imports explore, rules and timeline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .explore import Kind, Steps, Violation
from .rules import RIGHT, Rules
from .timeline import FACTS, START, Position, Table, letters

STRANGER = 7
"""The fact of another user's stream."""
NEVER = Position(-1, 0)


class Frame(NamedTuple):
    """`type` is "entry" or "reset"; `fact` is -1 in a reset."""

    type: str
    at: Position
    fact: int = -1

    def __str__(self) -> str:
        return f"reset to {self.at}" if self.type == "reset" else f"entry {self.at}={FACTS[self.fact]}"


class Answer(NamedTuple):
    """What one query saw: head, floor, and a page of entries, the first of which has number `first`."""

    head: Position
    floor: int
    first: int = 0
    page: tuple[int, ...] = ()


class Connection(NamedTuple):
    """The delivery machine. `told` is a ghost: the highest hint this process received during the connection."""

    sent: Position
    phase: str = "opening"
    registered: bool = True
    wake: bool = False
    asked: str = "position"
    answer: Answer | None = None
    told: Position = NEVER


class State(NamedTuple):
    table: Table = Table()
    connection: Connection | None = None
    wire: tuple[Frame, ...] = ()
    cursor: Position = START
    facts: int = 0
    wrong: Violation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """Bounds: facts ever committed, restores, entries a page, entries the wire holds before a connection is behind."""

    rules: Rules = RIGHT
    commits: int = 3
    restores: int = 1
    trims: bool = True
    page: int = 2
    room: int = 2

    def initial(self) -> State:
        return State()

    def canonical(self, state: State) -> State:
        return state

    def steps(self, state: State) -> Steps[State]:
        yield from self._table_steps(state)
        if state.connection is None:
            yield Kind.DUTY, f"the client connects with resume={state.cursor}", self._hello(state)
            return
        yield from self._query_steps(state, state.connection)
        yield from self._hint_steps(state, state.connection)
        yield from self._client_steps(state)
        yield Kind.WORLD, "the connection is cut, or the gateway killed", state._replace(connection=None, wire=())

    # The world.

    def _table_steps(self, state: State) -> Steps[State]:
        table = state.table
        if table.made < self.commits:
            after = table.committed()
            text = f"entry {after.head}={FACTS[table.made]} is committed"
            yield Kind.WORLD, text, state._replace(table=after)
        if self.trims and table.floor < len(table.log):
            after = table.trimmed()
            yield Kind.WORLD, f"retention trims up to {after.floor}", state._replace(table=after)
        if len(table.past) < self.restores:
            for length in range(len(table.log)):
                after = table.restored(length, rotate=self.rules.epoch_rotates_on_restore)
                text = f"the database is restored from a backup taken at {length}, and is now at {after.head}"
                yield Kind.WORLD, text, state._replace(table=after)

    def _hint_steps(self, state: State, connection: Connection) -> Steps[State]:
        for at, fact in state.table.hints(rotates=self.rules.epoch_rotates_on_restore):
            yield Kind.WORLD, f"a hint of {at} arrives with its payload", self._hinted(state, connection, at, fact)
            yield Kind.WORLD, f"a hint of {at} arrives, bare", self._hinted(state, connection, at, None)
        if not self.rules.dispatch_by_user and connection.registered:
            at = Position(state.table.epoch, connection.sent.seq + 1)
            after = self._heard(state, connection, at, STRANGER)
            yield Kind.WORLD, f"a hint of another user's {at} arrives with its payload", after
        if self.rules.sweeper and self._sweep_finds(state, connection):
            swept = self._pump(state, connection._replace(wake=True))
            yield Kind.RESCUE, f"the sweep sees head {state.table.head} and wakes the connection", swept

    def _sweep_finds(self, state: State, connection: Connection) -> bool:
        idle = connection.phase == "live" and not connection.asked and not connection.wake
        return idle and connection.registered and connection.sent != state.table.head

    # The machine: hello, hints, and the answers to its queries.

    def _hello(self, state: State) -> State:
        opened = Connection(state.cursor, registered=self.rules.subscribe_before_read)
        return state._replace(connection=opened)

    def _hinted(self, state: State, connection: Connection, at: Position, fact: int | None) -> State:
        connection = connection._replace(told=max(connection.told, at))
        if not connection.registered:
            return state._replace(connection=connection)
        return self._heard(state, connection, at, fact)

    def _heard(self, state: State, connection: Connection, at: Position, fact: int | None) -> State:
        busy = connection.phase == "opening" or (connection.asked and self.rules.fast_path_only_when_idle)
        if busy or at.epoch != connection.sent.epoch:
            return self._pump(state, connection._replace(wake=True))
        if at.seq <= connection.sent.seq and self.rules.server_dedup:
            return state._replace(connection=connection)
        fits = at.seq == connection.sent.seq + 1 or not self.rules.payload_gap_check or at.seq <= connection.sent.seq
        if fact is None or not fits or connection.phase != "live" or not self._room(state):
            return self._pump(state, connection._replace(wake=True))
        return _sent(state, connection._replace(sent=at), (Frame("entry", at, fact),))

    def _room(self, state: State) -> int:
        return max(0, self.room - len(state.wire))

    def _pump(self, state: State, connection: Connection) -> State:
        """Ask for the next page, if somebody woke us, nothing is under way, and the wire has room."""
        if connection.wake and connection.phase != "opening" and not connection.asked and self._room(state):
            wake = not self.rules.wake_cleared_before_read
            connection = connection._replace(asked="page", wake=wake)
        return state._replace(connection=connection)

    def _query_steps(self, state: State, connection: Connection) -> Steps[State]:
        if connection.answer is not None:
            text = f"the answer reaches the gateway: {self._told(connection.answer, connection.asked)}"
            yield Kind.DUTY, text, self._answered(state, connection, connection.answer)
        elif connection.asked:
            text = f"the database answers the {connection.asked} query after {connection.sent}"
            answered = connection._replace(answer=self._select(state.table, connection))
            yield Kind.DUTY, text, state._replace(connection=answered)

    def _select(self, table: Table, connection: Connection) -> Answer:
        if connection.asked == "position":
            return Answer(table.head, table.floor)
        first = max(connection.sent.seq, table.floor) + 1
        return Answer(table.head, table.floor, first, table.log[first - 1 : first - 1 + self.page])

    def _told(self, answer: Answer, asked: str) -> str:
        rows = ", ".join(f"{n}={FACTS[fact]}" for n, fact in enumerate(answer.page, answer.first))
        return f"head {answer.head}, floor {answer.floor}" + (f", entries {rows or 'none'}" if asked == "page" else "")

    def _answered(self, state: State, connection: Connection, answer: Answer) -> State:
        opening = connection.phase == "opening"
        connection = connection._replace(asked="", answer=None)
        if not self.rules.wake_cleared_before_read:
            connection = connection._replace(wake=False)
        if not self._resumable(connection.sent, answer):
            reset = connection._replace(phase="live", registered=True, sent=answer.head)
            return _pumped(self, _sent(state, reset, (Frame("reset", answer.head),)))
        if opening:
            return self._pump(state, connection._replace(phase="replay", wake=True))
        return self._paged(state, connection, answer)

    def _resumable(self, at: Position, answer: Answer) -> bool:
        if at.epoch != answer.head.epoch:
            return not self.rules.reset_when_epoch_differs
        return at.seq <= answer.head.seq and (at.seq >= answer.floor or not self.rules.reset_when_trimmed)

    def _paged(self, state: State, connection: Connection, answer: Answer) -> State:
        """Send what is new and fits. What does not fit is read again, later: there is no queue."""
        epoch, after = answer.head.epoch, connection.sent.seq
        page = tuple(Frame("entry", Position(epoch, n), fact) for n, fact in enumerate(answer.page, answer.first))
        frames = tuple(f for f in page if f.at.seq > after or not self.rules.server_dedup)[: self._room(state)]
        sent = frames[-1].at if frames else Position(epoch, after)
        connection = connection._replace(sent=sent)
        if sent.seq < answer.head.seq:
            connection = connection._replace(wake=True)
        elif connection.phase == "replay":
            connection = connection._replace(phase="live", registered=True)
        return _pumped(self, _sent(state, connection, frames))

    # The receiver.

    def _client_steps(self, state: State) -> Steps[State]:
        if state.wire:
            frame, *rest = state.wire
            state = state._replace(wire=tuple(rest))
            text = "takes a snapshot for" if frame.type == "reset" else "applies"
            yield Kind.DUTY, f"the client {text} {frame}", _pumped(self, self._applied(state, frame))

    def _applied(self, state: State, frame: Frame) -> State:
        if frame.type == "reset":
            return state._replace(cursor=frame.at, facts=state.table.state())
        wrong = None
        if frame.at.seq <= state.cursor.seq:
            wrong = Violation("applied twice", f"the client stands at {state.cursor} and is sent {frame}")
        return state._replace(cursor=frame.at, facts=state.facts | 1 << frame.fact, wrong=wrong)

    # Promises.

    def broken(self, state: State) -> Violation | None:
        if state.wrong is not None:
            return state.wrong
        if state.facts >> STRANGER & 1:
            return Violation("foreign", "the client applied another user's entry")
        if state.cursor.epoch == state.table.epoch and state.cursor > state.table.head:
            return Violation("ahead", f"the client stands at {state.cursor}, beyond head {state.table.head}")
        missing = state.table.owed(state.cursor) & ~state.facts
        if missing:
            return Violation("lost", f"the client stands at {state.cursor} and has skipped fact {letters(missing)}")
        return None

    def unserved(self, state: State) -> Violation | None:
        connection, head = state.connection, state.table.head
        if connection is not None and connection.sent < connection.told <= head and connection.told.epoch == head.epoch:
            says = f"the gateway was told of {connection.told}, and sleeps at {connection.sent} until the next sweep"
            return Violation("slept", says)
        return None

    def unsettled(self, state: State) -> Violation | None:
        truth = state.table.state()
        if (state.cursor, state.facts) == (state.table.head, truth):
            return None
        says = f"nothing is left to do, and the client stands at {state.cursor} of {state.table.head}"
        kind = "stale" if state.facts == truth else "lost"
        return Violation(kind, f"{says} with facts {letters(state.facts)} of {letters(truth)}")

    def picture(self, state: State) -> str:
        wire = ", ".join(str(frame) for frame in state.wire) or "nothing"
        return f"{state.table}; on the wire {wire}; client at {state.cursor} with facts {letters(state.facts)}"


def _sent(state: State, connection: Connection, frames: tuple[Frame, ...]) -> State:
    return state._replace(connection=connection, wire=(*state.wire, *frames))


def _pumped(world: Delivering, state: State) -> State:
    return state if state.connection is None else world._pump(state, state.connection)
