"""The delivery machine: its table, its shortcuts, and its promise under whatever a bus and a database can do.

tests/model visits the same machine state by state; here stands what each input means, and one property over schedules.
"""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cursor import Cursor
from streams.delivery import TABLE, Delivery, Do, ImpossibleInput, Input, State, unresumable

EPOCH = "k3x9"


def located(*, head: int = 5, resume: int | None = None, floor: int = 0, reach: int = 1_000) -> tuple[Delivery, Do]:
    delivery = Delivery()
    cursor = None if resume is None else Cursor(EPOCH, resume)
    return delivery, delivery.located(epoch=EPOCH, head=head, floor=floor, resume=cursor, reach=reach)


def locating() -> Delivery:
    return Delivery()


def reading() -> Delivery:
    delivery, do = located(head=9, resume=5)
    assert do is Do.READ
    return delivery


def live() -> Delivery:
    return located()[0]


def behind() -> Delivery:
    delivery = live()
    delivery.full()
    return delivery


def closed() -> Delivery:
    delivery = live()
    delivery.lost()
    return delivery


IN: dict[State, Callable[[], Delivery]] = {
    State.LOCATING: locating,
    State.READING: reading,
    State.LIVE: live,
    State.BEHIND: behind,
    State.CLOSED: closed,
}


def locate(resume: Cursor | None, head: int) -> Callable[[Delivery], Do]:
    return lambda machine: machine.located(epoch=EPOCH, head=head, floor=0, resume=resume, reach=1_000)


def page(*, full: bool = False, broken: bool = False) -> Callable[[Delivery], Do]:
    def give(machine: Delivery) -> Do:
        first = machine.sent + 1
        head = first + 1 if full else first
        do = machine.page(
            machine.read, epoch="other" if broken else EPOCH, head=head, floor=0, seqs=[] if broken else [first]
        )
        if do is not Do.SEND:
            return do
        machine.wrote(first)
        return machine.page_done()

    return give


def drained(*, missed: bool) -> Callable[[Delivery], Do]:
    def drain(machine: Delivery) -> Do:
        machine.head = machine.sent + missed
        return machine.drained()

    return drain


def lose(machine: Delivery) -> Do:
    machine.lost()
    return Do.NOTHING


CAUSES: dict[Input, Callable[[Delivery], Do]] = {
    Input.RESUMABLE: locate(Cursor(EPOCH, 3), 5),
    Input.CURRENT: locate(Cursor(EPOCH, 5), 5),
    Input.UNRESUMABLE: locate(Cursor("other", 3), 5),
    Input.HINT_NEXT: lambda machine: machine.hint(machine.epoch, machine.sent + 1, carries=True),
    Input.HINT_AHEAD: lambda machine: machine.hint(machine.epoch, machine.sent + 2, carries=True),
    Input.HINT_OLD: lambda machine: machine.hint(machine.epoch, machine.sent, carries=True),
    Input.PAGE_FULL: page(full=True),
    Input.PAGE_LAST: page(),
    Input.PAGE_BROKEN: page(broken=True),
    Input.SYNC: lambda machine: machine.sync(Cursor(machine.epoch, machine.sent), allowed=True, reach=1_000),
    Input.SYNC_REFUSED: lambda machine: machine.sync(Cursor(machine.epoch, machine.sent), allowed=False, reach=1_000),
    Input.FULL: lambda machine: machine.full(),
    Input.DRAINED: drained(missed=True),
    Input.DRAINED_CURRENT: drained(missed=False),
    Input.LOST: lose,
}
PAGES = (Input.PAGE_FULL, Input.PAGE_LAST, Input.PAGE_BROKEN)


def test_every_input_has_a_cause_here() -> None:
    assert set(CAUSES) == set(Input)
    assert set(IN) == set(State)


@pytest.mark.parametrize(("state", "what"), list(product(State, Input)), ids=lambda one: one.name)
def test_the_machine_does_what_its_table_says(state: State, what: Input) -> None:
    machine = IN[state]()
    assert machine.state is state
    row = TABLE.get((state, what))
    if row is None and what in PAGES:
        assert CAUSES[what](machine) is Do.NOTHING, "a page that nobody waits for is stale"
        assert machine.state is state
    elif row is None:
        with pytest.raises(ImpossibleInput, match=f"{what.name} in {state.name}"):
            CAUSES[what](machine)
    else:
        after, do = row
        machine.announce = do is Do.CATCH_UP
        assert CAUSES[what](machine) is do
        assert machine.state is after


def test_the_table_has_no_dead_end_but_the_end() -> None:
    for state in State:
        assert TABLE[state, Input.LOST] == (State.CLOSED, Do.NOTHING)
    assert [row for (state, what), row in TABLE.items() if state is State.CLOSED] == [(State.CLOSED, Do.NOTHING)]
    reached, grown = {State.LOCATING}, True
    while grown:
        further = {after for (state, _), (after, _) in TABLE.items() if state in reached}
        grown = not further <= reached
        reached |= further
    assert reached == set(State)


# Where a client may go on from.


def test_a_client_without_a_cursor_starts_at_the_head_and_is_promised_nothing() -> None:
    machine, do = located(head=5)
    assert (do, machine.state, machine.cursor) == (Do.NOTHING, State.LIVE, Cursor(EPOCH, 5))


def test_a_client_that_missed_nothing_is_told_so() -> None:
    machine, do = located(head=5, resume=5)
    assert (do, machine.state) == (Do.CATCH_UP, State.LIVE)


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (Cursor("other", 5), "epoch"),
        (Cursor(EPOCH, 21), "ahead"),
        (Cursor(EPOCH, 9), "trimmed"),
        (Cursor(EPOCH, 10), None),
        (Cursor(EPOCH, 15), None),
        (Cursor(EPOCH, 20), None),
    ],
)
def test_a_cursor_holds_from_the_floor_to_the_head_of_its_epoch(cursor: Cursor, reason: str | None) -> None:
    assert unresumable(cursor, epoch=EPOCH, head=20, floor=10, reach=1_000) == reason
    machine = Delivery()
    do = machine.located(epoch=EPOCH, head=20, floor=10, resume=cursor, reach=1_000)
    assert (do is Do.RESET) == (reason is not None)
    if reason:
        assert (machine.reason, machine.cursor) == (reason, Cursor(EPOCH, 20))


def test_an_empty_log_is_resumable_because_the_sequence_outlives_it() -> None:
    assert located(head=20, floor=20, resume=20)[1] is Do.CATCH_UP


def test_replay_reaches_so_far_and_not_one_entry_further() -> None:
    assert located(head=1_005, resume=5)[1] is Do.READ
    machine, do = located(head=1_006, resume=5)
    assert (do, machine.reason) == (Do.RESET, "too_far")


def test_a_hint_of_another_epoch_while_locating_is_no_reason_to_read() -> None:
    machine = Delivery()
    machine.hint("other", 99, carries=True)
    assert machine.located(epoch=EPOCH, head=5, floor=0, resume=Cursor(EPOCH, 5), reach=1_000) is Do.CATCH_UP


def test_of_hints_while_locating_the_furthest_counts() -> None:
    machine = Delivery()
    for seq in (6, 8, 7):
        machine.hint(EPOCH, seq, carries=False)
    assert machine.located(epoch=EPOCH, head=5, floor=0, resume=Cursor(EPOCH, 5), reach=1_000) is Do.READ
    assert machine.head == 8


# Gaps, repeats, stale pages.


def test_a_hint_that_brings_the_next_entry_is_sent_from_the_hint() -> None:
    machine = live()
    assert machine.hint(EPOCH, 6, carries=True) is Do.SEND
    assert machine.sent == machine.head == 6


def test_a_repeated_hint_is_dropped() -> None:
    machine = live()
    machine.hint(EPOCH, 6, carries=True)
    assert machine.hint(EPOCH, 6, carries=True) is Do.NOTHING
    assert machine.sent == 6


def test_a_gap_is_read_from_the_table_and_never_jumped() -> None:
    machine = live()
    assert machine.hint(EPOCH, 8, carries=True) is Do.READ
    assert machine.sent == 5
    assert machine.hint(EPOCH, 6, carries=True) is Do.NOTHING, "while a read is under way, hints are only remembered"


def test_a_hint_without_its_entry_is_read_from_the_table() -> None:
    assert live().hint(EPOCH, 6, carries=False) is Do.READ


def test_a_page_that_answers_an_older_read_is_thrown_away() -> None:
    machine = reading()
    stale = machine.read
    machine.sync(Cursor(EPOCH, 2), allowed=True, reach=1_000)
    assert machine.page(stale, epoch=EPOCH, head=9, floor=0, seqs=[6]) is Do.NOTHING
    assert machine.page(machine.read, epoch=EPOCH, head=9, floor=0, seqs=[3]) is Do.SEND


def test_a_page_too_old_to_know_a_hint_is_followed_by_another_read() -> None:
    machine = reading()
    machine.hint(EPOCH, 10, carries=True)
    assert machine.page(machine.read, epoch=EPOCH, head=9, floor=0, seqs=[6]) is Do.SEND
    for seq in range(6, 10):
        machine.wrote(seq)
    assert machine.page_done() is Do.READ


def test_a_hint_older_than_the_read_that_the_table_does_not_bear_out_told_of_nothing() -> None:
    machine = live()
    assert machine.hint(EPOCH, 8, carries=False) is Do.READ
    assert machine.page(machine.read, epoch=EPOCH, head=5, floor=0, seqs=[]) is Do.SEND
    assert machine.page_done() is Do.NOTHING
    assert (machine.state, machine.head) == (State.LIVE, 5)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"epoch": "other", "head": 9, "floor": 0, "seqs": [6]}, "epoch"),
        ({"epoch": EPOCH, "head": 3, "floor": 0, "seqs": []}, "ahead"),
        ({"epoch": EPOCH, "head": 9, "floor": 7, "seqs": [8]}, "trimmed"),
        ({"epoch": EPOCH, "head": 9, "floor": 0, "seqs": [7]}, "trimmed"),
        ({"epoch": EPOCH, "head": 9, "floor": 0, "seqs": []}, "trimmed"),
    ],
)
def test_a_page_that_does_not_continue_what_was_sent_is_a_reset(given: dict[str, object], reason: str) -> None:
    machine = reading()
    assert machine.page(machine.read, **given) is Do.RESET  # type: ignore[arg-type]
    assert machine.reason == reason
    assert machine.cursor == Cursor(str(given["epoch"]), int(given["head"]))  # type: ignore[call-overload]
    assert machine.state is State.LIVE


def test_caught_up_is_said_once_and_only_to_who_asked() -> None:
    machine = reading()
    machine.page(machine.read, epoch=EPOCH, head=6, floor=0, seqs=[6])
    machine.wrote(6)
    assert machine.page_done() is Do.CATCH_UP
    machine.hint(EPOCH, 8, carries=True)
    machine.page(machine.read, epoch=EPOCH, head=8, floor=0, seqs=[7])
    machine.wrote(7)
    machine.wrote(8)
    assert machine.page_done() is Do.NOTHING


# Back-pressure.


def test_nothing_is_sent_to_a_full_buffer_and_everything_when_it_drains() -> None:
    machine = behind()
    for seq in (6, 7, 8):
        assert machine.hint(EPOCH, seq, carries=True) is Do.NOTHING
    assert machine.drained() is Do.READ
    assert machine.sent == 5


def test_a_buffer_that_fills_in_the_middle_of_a_page_stops_the_page() -> None:
    machine = reading()
    assert machine.page(machine.read, epoch=EPOCH, head=9, floor=0, seqs=[6]) is Do.SEND
    machine.wrote(6)
    machine.full()
    assert machine.page_done() is Do.NOTHING
    assert machine.drained() is Do.READ
    assert machine.sent == 6


def test_a_reset_while_behind_keeps_the_connection_behind() -> None:
    machine = behind()
    assert machine.sync(Cursor("other", 5), allowed=True, reach=1_000) is Do.RESET
    assert (machine.state, machine.reason) == (State.BEHIND, "epoch")


def test_a_sync_while_behind_is_answered_when_it_drains() -> None:
    machine = behind()
    assert machine.sync(Cursor(EPOCH, 2), allowed=True, reach=1_000) is Do.NOTHING
    assert machine.drained() is Do.READ
    assert machine.sent == 2


# The promise, under any schedule.

STEPS = st.lists(
    st.one_of(
        st.just(("commit",)),
        st.tuples(st.just("hint"), st.integers(0, 30), st.booleans()),
        st.tuples(st.just("old epoch"), st.integers(0, 30)),
        st.just(("select",)),
        st.tuples(st.just("page"), st.integers(0, 5), st.integers(1, 4)),
        st.tuples(st.just("trim"), st.integers(0, 30)),
        st.just(("restore",)),
        st.tuples(st.just("sync"), st.integers(0, 30)),
        st.just(("full",)),
        st.just(("drained",)),
    ),
    max_size=60,
)


class Schedule:
    """A table, a bus that does anything, a database that answers whenever it likes; checks each thing that is sent."""

    def __init__(self, resume: int | None) -> None:
        self.epoch, self.head, self.floor = 0, 5, 0
        self.client = None if resume is None else resume
        self.machine = Delivery()
        self.selected: list[tuple[int, int, int, int, int]] = []
        self.wants = False
        self.filled = False
        self.obey(
            self.machine.located(
                epoch=self.name,
                head=self.head,
                floor=0,
                resume=None if resume is None else Cursor("e0", resume),
                reach=20,
            )
        )
        if self.client is None:
            self.client = self.head

    @property
    def name(self) -> str:
        return f"e{self.epoch}"

    def obey(self, do: Do) -> None:
        if do is Do.READ:
            self.wants = True
        elif do is Do.RESET:
            self.client = self.machine.cursor.seq
        elif do is Do.CATCH_UP:
            assert self.client == self.machine.sent

    def send(self, seq: int) -> None:
        assert self.client is not None
        assert seq == self.client + 1, f"{seq} after {self.client}"
        self.client = seq

    def run(self, step: tuple[object, ...]) -> None:
        what, *numbers = step
        n = int(numbers[0]) if numbers else 0  # type: ignore[call-overload]
        if what == "commit":
            self.head += 1
        elif what == "hint" and self.head:
            self.hint(self.name, 1 + n % self.head, carries=bool(numbers[1]))
        elif what == "old epoch" and self.epoch:
            self.hint(f"e{self.epoch - 1}", n, carries=True)
        elif what == "select" and self.wants:
            self.wants = False
            self.selected.append((self.machine.read, self.epoch, self.head, self.floor, self.machine.sent))
        elif what == "page" and self.selected:
            self.page(*self.selected.pop(n % len(self.selected)), limit=int(numbers[1]))  # type: ignore[call-overload]
        elif what == "trim":
            self.floor = max(self.floor, n % (self.head + 1))
        elif what == "restore":
            self.epoch, self.head, self.floor = self.epoch + 1, self.head // 2, min(self.floor, self.head // 2)
        elif what == "sync":
            after = n % (self.machine.sent + 1)
            do = self.machine.sync(Cursor(self.machine.epoch, after), allowed=True, reach=20)
            self.client = self.machine.sent if do is Do.RESET else after
            self.obey(do)
        elif what == "full" and not self.filled:
            self.filled = True
            self.obey(self.machine.full())
        elif what == "drained" and self.filled:
            self.filled = False
            self.obey(self.machine.drained())

    def hint(self, epoch: str, seq: int, *, carries: bool) -> None:
        do = self.machine.hint(epoch, seq, carries=carries)
        if do is Do.SEND:
            self.send(seq)
        self.obey(do)

    def page(self, read: int, epoch: int, head: int, floor: int, after: int, *, limit: int) -> None:
        seqs = list(range(max(after, floor) + 1, head + 1))[:limit]
        do = self.machine.page(read, epoch=f"e{epoch}", head=head, floor=floor, seqs=seqs[:1])
        if do is not Do.SEND:
            self.obey(do)
            return
        for seq in seqs:
            if self.machine.state is not State.READING or seq != self.machine.sent + 1:
                break
            self.machine.wrote(seq)
            self.send(seq)
        self.obey(self.machine.page_done())

    def settle(self) -> None:
        """The bus goes quiet, the sweeper comes by, the database answers, the buffer drains: everything must have come."""
        self.run(("drained",))
        for _ in range(3):
            self.hint(self.name, self.head, carries=False)
            for _ in range(60):
                self.run(("select",))
                self.run(("page", 0, 4))
        assert self.machine.state is State.LIVE
        assert self.machine.cursor == Cursor(self.name, self.head)
        assert self.client == self.head


@settings(max_examples=500, deadline=None)
@given(STEPS, st.none() | st.integers(0, 7))
def test_entries_go_out_in_order_each_once_none_skipped_whatever_happens(
    steps: list[tuple[object, ...]], resume: int | None
) -> None:
    schedule = Schedule(resume)
    for step in steps:
        schedule.run(step)
    schedule.settle()
