"""The real delivery machine keeps the model's promises under any schedule Hypothesis thinks of; its mutants do not."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from streams.delivery import Delivery, Do, State

from .conversation import Conversation
from .timeline import FACTS

COMMITS = len(FACTS)
RESTORES = 2
ANY = st.integers(min_value=0, max_value=63)
"""Which of several: taken modulo their number."""


class Schedule(RuleBasedStateMachine):
    """One part moves at a time, in any order; at the end everything must settle."""

    machine: type[Delivery] = Delivery
    talk: Conversation

    @initialize(before=st.integers(0, 3))
    def start(self, before: int) -> None:
        self.talk = Conversation(self.machine)
        for _ in range(before):
            self.talk.table = self.talk.table.committed()

    # The table.

    @precondition(lambda self: self.talk.table.made < COMMITS)
    @rule()
    def commit(self) -> None:
        self.talk.table = self.talk.table.committed()

    @precondition(lambda self: self.talk.table.floor < len(self.talk.table.log))
    @rule()
    def trim(self) -> None:
        self.talk.table = self.talk.table.trimmed()

    @precondition(lambda self: len(self.talk.table.past) < RESTORES and self.talk.table.log)
    @rule(length=ANY)
    def restore(self, length: int) -> None:
        self.talk.table = self.talk.table.restored(length % len(self.talk.table.log), rotate=True)

    # The connection.

    @precondition(lambda self: self.talk.door is None)
    @rule()
    def connect(self) -> None:
        self.talk.connect()

    @precondition(lambda self: self.talk.door is not None)
    @rule()
    def cut(self) -> None:
        self.talk.cut()

    @precondition(lambda self: self.talk.door and self.talk.door.delivery.state is State.LOCATING)
    @rule()
    def locate(self) -> None:
        assert self.talk.door is not None
        self.talk.door.locate(self.talk.table)

    @precondition(lambda self: self.talk.door and self.talk.table.hints(rotates=True))
    @rule(which=ANY, carries=st.booleans())
    def hint(self, which: int, carries: bool) -> None:
        assert self.talk.door is not None
        hints = self.talk.table.hints(rotates=True)
        at, fact = hints[-1 - which % len(hints)]
        self.talk.door.hint(at, fact if carries else None)

    @rule(steps=st.integers(1, 12))
    def calm(self, steps: int) -> None:
        """For a while nothing happens but what happens by itself; without it, schedules seldom come as far as live."""
        for _ in range(steps):
            self.talk.duty()

    @rule()
    def sweep(self) -> None:
        self.talk.sweep()

    @precondition(lambda self: self.talk.door and self.talk.door.wanted is not None)
    @rule()
    def database_answers(self) -> None:
        assert self.talk.door is not None
        self.talk.door.select(self.talk.table)

    @precondition(lambda self: self.talk.door and self.talk.door.answers)
    @rule(which=ANY)
    def answer_arrives(self, which: int) -> None:
        assert self.talk.door is not None
        answers = self.talk.door.answers
        self.talk.door.page(answers.pop(which % len(answers)))

    # The way, and the client.

    @precondition(lambda self: self.talk.door and self.talk.door.wire and self.talk.client.snapshot is None)
    @rule()
    def client_reads(self) -> None:
        self.talk.read_frame()

    @precondition(lambda self: self.talk.door and self.talk.door.wire and self.talk.door.wire[0].type != "reset")
    @rule(repeats=st.booleans())
    def proxy_tampers(self, repeats: bool) -> None:
        assert self.talk.door is not None
        self.talk.tampered = True
        wire = self.talk.door.wire
        wire[:1] = wire[:1] * 2 if repeats else []
        self.talk.door.drain()

    @precondition(lambda self: self.talk.client.snapshot is not None)
    @rule()
    def snapshot_arrives(self) -> None:
        self.talk.client.install(self.talk.table)

    @precondition(lambda self: self.talk.door and self.talk.door.asked)
    @rule()
    def sync_arrives(self) -> None:
        assert self.talk.door is not None
        self.talk.door.sync(self.talk.door.asked.pop(0))

    @precondition(lambda self: self.talk.door and self.talk.door.delivery.state is not State.LOCATING)
    @precondition(lambda self: self.talk.client.snapshot is None and not self.talk.client.syncing)
    @rule()
    def client_syncs_for_no_reason(self) -> None:
        self.talk.ask()

    @invariant()
    def promises_hold(self) -> None:
        self.talk.check()

    def teardown(self) -> None:
        if hasattr(self, "talk"):
            self.talk.settle()


THOROUGH = settings(
    max_examples=250,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
QUICK = settings(THOROUGH, max_examples=1_000, phases=[Phase.generate])


def test_the_delivery_machine_keeps_every_promise_under_any_schedule() -> None:
    run_state_machine_as_test(Schedule, settings=THOROUGH)


class TrustsPayloads(Delivery):
    """Sends what a hint carries, whatever its number."""

    def hint(self, epoch: str, seq: int, *, carries: bool) -> Do:
        if carries and epoch == self.epoch and self.state is State.LIVE and seq > self.sent:
            self.sent = self.head = seq
            return Do.SEND
        return super().hint(epoch, seq, carries=carries)


class SendsAgain(Delivery):
    """Sends a hint that comes again."""

    def hint(self, epoch: str, seq: int, *, carries: bool) -> Do:
        if carries and epoch == self.epoch and self.state is State.LIVE and seq == self.sent:
            return Do.SEND
        return super().hint(epoch, seq, carries=carries)


class ForgetsTheWake(Delivery):
    """Clears the wake flag when a page comes, not when it is asked for."""

    def page_done(self) -> Do:
        self._woken = False
        return super().page_done()


class IgnoresTheFloor(Delivery):
    """Serves a position below the floor from the floor on."""

    def located(self, *, epoch: str, head: int, floor: int, resume: object, reach: int) -> Do:
        return super().located(epoch=epoch, head=head, floor=0, resume=resume, reach=reach)  # type: ignore[arg-type]

    def page(self, read: int, *, epoch: str, head: int, floor: int, seqs: list[int]) -> Do:
        first = [self.sent + 1] if head > self.sent else []
        return super().page(read, epoch=epoch, head=head, floor=0, seqs=first)


class IgnoresTheEpoch(Delivery):
    """Goes on by number when the epoch has changed under it."""

    def page(self, read: int, *, epoch: str, head: int, floor: int, seqs: list[int]) -> Do:
        return super().page(read, epoch=self.epoch, head=head, floor=floor, seqs=seqs)


class TakesStalePages(Delivery):
    """Takes a page that answers an older read."""

    def page(self, read: int, *, epoch: str, head: int, floor: int, seqs: list[int]) -> Do:
        return super().page(self.read, epoch=epoch, head=head, floor=floor, seqs=seqs)


MISTAKES = [TrustsPayloads, SendsAgain, ForgetsTheWake, IgnoresTheFloor, IgnoresTheEpoch, TakesStalePages]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistaken_delivery_machine_is_caught(mistake: type[Delivery]) -> None:
    schedule = type(f"Schedule{mistake.__name__}", (Schedule,), {"machine": mistake})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(schedule, settings=QUICK)
