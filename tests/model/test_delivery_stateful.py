"""The real delivery machine keeps the model's promises under any schedule Hypothesis thinks of; its mutants do not."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from streams.delivery import Delivery, Do, State

from .conversation import Conversation
from .schedule import ANY, QUICK, Schedule, thorough

pytestmark = pytest.mark.timeout(600)


class DeliverySchedule(Schedule):
    """One connection, which is made anew as often as it is cut."""

    machine: type[Delivery] = Delivery
    world: Conversation

    @initialize(before=st.integers(0, 3))
    def start(self, before: int) -> None:
        self.world = Conversation(self.machine)
        for _ in range(before):
            self.world.table = self.world.table.committed()

    # The connection.

    @precondition(lambda self: self.world.door is None)
    @rule()
    def connect(self) -> None:
        self.world.connect()

    @precondition(lambda self: self.world.door is not None)
    @rule()
    def cut(self) -> None:
        self.world.cut()

    @precondition(lambda self: self.world.door and self.world.door.delivery.state is State.LOCATING)
    @rule()
    def locate(self) -> None:
        assert self.world.door is not None
        self.world.door.locate(self.world.table)

    @precondition(lambda self: self.world.door and self.world.table.hints(rotates=True))
    @rule(which=ANY, carries=st.booleans())
    def hint(self, which: int, carries: bool) -> None:
        assert self.world.door is not None
        hints = self.world.table.hints(rotates=True)
        at, fact = hints[-1 - which % len(hints)]
        self.world.door.hint(at, fact if carries else None)

    @rule(steps=st.integers(1, 12))
    def calm(self, steps: int) -> None:
        """For a while nothing happens but what happens by itself; without it, schedules seldom come as far as live."""
        for _ in range(steps):
            self.world.duty()

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @precondition(lambda self: self.world.door and self.world.door.wanted is not None)
    @rule()
    def database_answers(self) -> None:
        assert self.world.door is not None
        self.world.door.select(self.world.table)

    @precondition(lambda self: self.world.door and self.world.door.answers)
    @rule(which=ANY)
    def answer_arrives(self, which: int) -> None:
        assert self.world.door is not None
        answers = self.world.door.answers
        self.world.door.page(answers.pop(which % len(answers)))

    # The way, and the client.

    @precondition(lambda self: self.world.door and self.world.door.wire and self.world.client.snapshot is None)
    @rule()
    def client_reads(self) -> None:
        self.world.read_frame()

    @precondition(lambda self: self.world.door and self.world.door.wire and self.world.door.wire[0].type != "reset")
    @rule(repeats=st.booleans())
    def proxy_tampers(self, repeats: bool) -> None:
        assert self.world.door is not None
        self.world.tampered = True
        wire = self.world.door.wire
        wire[:1] = wire[:1] * 2 if repeats else []
        self.world.door.drain()

    @precondition(lambda self: self.world.client.snapshot is not None)
    @rule()
    def snapshot_arrives(self) -> None:
        self.world.client.install(self.world.table)

    @precondition(lambda self: self.world.door and self.world.door.asked)
    @rule()
    def sync_arrives(self) -> None:
        assert self.world.door is not None
        self.world.door.sync(self.world.door.asked.pop(0))

    @precondition(lambda self: self.world.door and self.world.door.delivery.state is not State.LOCATING)
    @precondition(lambda self: self.world.client.snapshot is None and not self.world.client.syncing)
    @rule()
    def client_syncs_for_no_reason(self) -> None:
        self.world.ask()


def test_the_delivery_machine_keeps_every_promise_under_any_schedule() -> None:
    run_state_machine_as_test(DeliverySchedule, settings=thorough(250))


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
    schedule = type(f"Schedule{mistake.__name__}", (DeliverySchedule,), {"machine": mistake})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(schedule, settings=QUICK)
