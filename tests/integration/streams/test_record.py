"""Recording: with its cause or not at all, without a hole, in each sender's order, and told only after the commit."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from streams import record
from streams.events import EntryTooLarge, Event
from streams.record import hold, number_pending, pending_user_ids, recording
from tests.integration.streams.conftest import RememberingBus
from tests.support.noted import Noted, assert_gapless, assert_senders_order, rows_of
from tests.support.processes import await_condition

pytestmark = pytest.mark.usefixtures("bus")


def note(to: object, number: int = 1, writer: int = 0) -> None:
    with recording() as log:
        log.add(to, Noted(writer=writer, number=number))  # type: ignore[arg-type]


class Refused(Exception):
    """The action changed its mind."""


def rename_then_refuse(to: int) -> None:
    """An action that changes a row, adds an event, and changes its mind."""
    with recording() as log:
        User.objects.filter(username="p0").update(first_name="Changed")
        log.add(to, Noted(writer=0, number=99))
        raise Refused


def note_then_break_a_reference(to: int) -> None:
    with recording() as log, connection.cursor() as cursor:
        log.add(to, Noted(writer=0, number=1))
        cursor.execute("INSERT INTO streams_stream (user_id, epoch, head, floor) VALUES (999999999, 'x', 0, 0)")


def rename_then_note(to: int, event: Event) -> None:
    with recording() as log:
        User.objects.filter(username="p0").update(first_name="Changed")
        log.add(to, event)


def note_inside_one_that_refuses(to: int) -> None:
    with recording():
        note(to, 1)
        raise Refused


# With its cause or not at all.


def test_an_entry_commits_with_its_cause(people: list[int]) -> None:
    with recording() as log:
        User.objects.filter(pk=people[0]).update(first_name="Changed")
        log.add(people[1], Noted(writer=1, number=1))
    assert User.objects.get(pk=people[0]).first_name == "Changed"
    assert [body["number"] for body in assert_gapless(people[1])] == [1]


def test_a_rolled_back_action_leaves_no_entry_no_change_and_no_hole(people: list[int], bus: RememberingBus) -> None:
    note(people[1], 1)
    with pytest.raises(Refused):
        rename_then_refuse(people[1])
    note(people[1], 2)
    assert User.objects.get(pk=people[0]).first_name != "Changed"
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 2]
    assert bus.places() == [(people[1], 1), (people[1], 2)]


def test_a_commit_that_the_database_refuses_leaves_nothing(people: list[int], bus: RememberingBus) -> None:
    with pytest.raises(DatabaseError):
        note_then_break_a_reference(people[1])
    assert rows_of(people[1]) == []
    assert bus.signals == []


def test_an_event_that_is_too_large_ends_its_action(people: list[int]) -> None:
    class Long(Noted, frozen=True):
        words: str

    with pytest.raises(EntryTooLarge):
        rename_then_note(people[1], Long(writer=0, number=1, words="x" * 40_000))
    assert User.objects.get(pk=people[0]).first_name != "Changed"


def test_an_action_without_events_writes_to_no_stream(people: list[int], bus: RememberingBus) -> None:
    with recording() as log:
        User.objects.filter(pk=people[0]).update(first_name="Changed")
        log.add([], Noted(writer=0, number=1))
    assert User.objects.get(pk=people[0]).first_name == "Changed"
    assert bus.signals == []


def test_recording_inside_somebodys_transaction_is_a_mistake(people: list[int]) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), recording():
        pass
    note(people[1])
    assert_gapless(people[1])


# Who gets it.


def test_each_gets_it_once_however_they_are_named(people: list[int], bus: RememberingBus) -> None:
    somebody = User.objects.get(pk=people[2])
    note(people[1], 1)
    note(somebody, 2)
    note([people[3], somebody, people[2], people[3], people[1]], 3)
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 3]
    assert [body["number"] for body in assert_gapless(people[2])] == [2, 3]
    assert [body["number"] for body in assert_gapless(people[3])] == [3]
    assert [len(hint.positions) for hint in bus.hints()] == [1, 1, 3]


def test_several_events_of_one_action_keep_their_order(people: list[int], bus: RememberingBus) -> None:
    with recording() as log:
        for number in range(1, 6):
            log.add(people[:3] if number % 2 else people[1:4], Noted(writer=number, number=number))
    assert [body["number"] for body in assert_gapless(people[0])] == [1, 3, 5]
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 2, 3, 4, 5]
    assert [body["number"] for body in assert_gapless(people[3])] == [2, 4]
    assert len(bus.places()) == 15


def test_a_large_audience_gets_it_too(people: list[int]) -> None:
    User.objects.bulk_create(User(username=f"many{n}", email=f"many{n}@example.com") for n in range(1_300))
    everyone = list(User.objects.values_list("pk", flat=True))
    note(everyone, 1)
    note(everyone, 2)
    for user_id in (everyone[0], everyone[700], everyone[-1]):
        assert [body["number"] for body in assert_gapless(user_id)] == [1, 2]


def test_a_stream_has_one_epoch_for_as_long_as_it_lives(people: list[int], bus: RememberingBus) -> None:
    for number in range(1, 4):
        note(people[1], number)
    assert len({epoch for hint in bus.hints() for _, epoch, _ in hint.positions}) == 1


def test_what_is_stored_says_when(people: list[int]) -> None:
    before = timezone.now()
    note(people[1])
    ((_, body),) = rows_of(people[1])
    moment = datetime.fromisoformat(body["at"])
    assert before - timedelta(seconds=1) < moment < before + timedelta(seconds=10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT created_at FROM streams_entry")
        stored = cursor.fetchone()[0]
    stored = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    assert abs((stored.replace(tzinfo=UTC) - moment).total_seconds()) < 5


# Told after the commit, and never at its cost.


def test_the_bus_hears_of_it_after_the_commit_with_the_entry(people: list[int], bus: RememberingBus) -> None:
    note(people[1:3], 7)
    assert bus.inside == 0
    (hint,) = bus.hints()
    assert [(user_id, seq) for user_id, _, seq in hint.positions] == [(people[1], 1), (people[2], 1)]
    assert hint.body is not None
    assert hint.body.decode().count('"number":7') == 1


def test_a_bus_that_breaks_does_not_turn_a_done_action_into_an_error(
    people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def publish(self, signals: object) -> int:
            raise OSError("the bus has left")

    monkeypatch.setattr(record, "current_bus", Broken)
    note(people[1])
    assert [body["number"] for body in assert_gapless(people[1])] == [1]


# Inside another recording.


def test_an_inner_recording_joins_the_outer_one(people: list[int], bus: RememberingBus) -> None:
    with recording() as outer:
        outer.add(people[1], Noted(writer=0, number=1))
        with recording() as inner:
            inner.add(people[1], Noted(writer=0, number=2))
        assert bus.signals == []
        outer.add(people[1], Noted(writer=0, number=3))
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 2, 3]


def test_an_inner_recording_that_fails_takes_only_its_own_with_it(people: list[int]) -> None:
    with recording() as outer:
        with pytest.raises(Refused):
            rename_then_refuse(people[1])
        outer.add(people[1], Noted(writer=0, number=1))
    assert [body["number"] for body in assert_gapless(people[1])] == [1]
    assert User.objects.get(pk=people[0]).first_name != "Changed"


def test_an_outer_recording_that_fails_takes_the_inner_with_it(people: list[int]) -> None:
    with pytest.raises(Refused):
        note_inside_one_that_refuses(people[1])
    note(people[1], 2)
    assert [body["number"] for body in assert_gapless(people[1])] == [2]


# Many at once.


def in_threads(works: list[Callable[[], None]], within: float = 60) -> None:
    """Run all at once; the first error of any is raised here."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            gate.wait(10)
            work()
        except BaseException as error:  # noqa: BLE001 (carried to the test's own thread)
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + within
    for thread in threads:
        thread.join(max(0.1, deadline - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    if errors:
        raise errors[0]


@pytest.mark.parametrize("seed", range(3))
def test_writers_at_once_leave_gapless_streams_in_each_senders_order(
    people: list[int], bus: RememberingBus, seed: int
) -> None:
    """Every writer tells overlapping audiences in shuffled order, sometimes changing its mind. Nothing may deadlock."""
    wrote: dict[int, dict[int, int]] = {}

    def writer(me: int) -> Callable[[], None]:
        dice = random.Random(seed * 100 + me)
        counts = dict.fromkeys(people, 0)
        wrote[me] = counts

        def work() -> None:
            for _ in range(25):
                audience = dice.sample(people, dice.randint(1, 5))
                give_up = dice.random() < 0.2
                try:
                    with recording() as log:
                        for user_id in audience:
                            log.add(user_id, Noted(writer=me, number=counts[user_id] + 1))
                        if give_up:
                            raise Refused
                except Refused:
                    continue
                for user_id in audience:
                    counts[user_id] += 1

        return work

    in_threads([writer(me) for me in range(6)])
    number_pending(people)
    for user_id in people:
        bodies = assert_gapless(user_id)
        assert assert_senders_order(bodies) == {me: counts[user_id] for me, counts in wrote.items() if counts[user_id]}
    everything = [(user_id, seq) for user_id in people for seq, _ in rows_of(user_id)]
    assert sorted(bus.places()) == sorted(everything), "each entry is told of, once"
    assert bus.inside == 0


def test_streams_that_begin_at_once_begin_once(people: list[int]) -> None:
    in_threads([lambda me=me: note(people, 1, me) for me in range(8)])  # type: ignore[misc]
    number_pending(people)
    for user_id in people:
        assert len(assert_gapless(user_id)) == 8


@contextmanager
def head_locked(user_id: int) -> Iterator[None]:
    """Another transaction holds this stream's head for as long as the block lasts."""
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT head FROM streams_stream WHERE user_id = %s FOR UPDATE", [user_id])
            held.set()
            let_go.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        yield
    finally:
        let_go.set()
        thread.join()


@pytest.fixture
def only_postgres() -> None:
    """SQLite has one writer: there a head is never locked by somebody else."""
    if connection.vendor != "postgresql":
        pytest.skip("heads are locked one by one on PostgreSQL only")


@pytest.mark.usefixtures("only_postgres")
def test_an_entry_whose_head_is_locked_commits_at_once_and_is_numbered_after(
    people: list[int], bus: RememberingBus
) -> None:
    note(people[1], 1)
    done = threading.Event()

    def write() -> None:
        note([people[1], people[2]], 2)
        done.set()
        connections.close_all()

    with head_locked(people[1]):
        thread = threading.Thread(target=write)
        thread.start()
        await_condition(lambda: [seq for seq, _ in rows_of(people[1])] == [1, None], within=5, about="it has committed")
        assert [seq for seq, _ in rows_of(people[2])] == [1], "who is free is told at once"
        assert (people[1], 2) not in bus.places(), "nothing unnumbered is ever told of"
    thread.join(10)
    assert done.is_set()
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 2]
    assert bus.places().count((people[1], 2)) == 1


@pytest.mark.usefixtures("only_postgres")
def test_a_head_locked_for_long_keeps_nobody_waiting_for_long(people: list[int]) -> None:
    note(people[1], 1)
    took: list[float] = []

    def write() -> None:
        began = time.monotonic()
        note(people[1], 2)
        took.append(time.monotonic() - began)
        connections.close_all()

    with head_locked(people[1]):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(8)
        assert took, "the action waits for a lock that somebody keeps"
        assert took[0] < 5
        began = time.monotonic()
        assert number_pending(pending_user_ids(), wait=False) == 0
        assert time.monotonic() - began < 1, "a sweep waits for nobody"
    assert pending_user_ids() == [people[1]]
    assert number_pending(pending_user_ids(), wait=False) == 1
    assert [body["number"] for body in assert_gapless(people[1])] == [1, 2]


@pytest.mark.usefixtures("only_postgres")
def test_two_who_wait_for_one_head_wait_no_longer_than_one(people: list[int]) -> None:
    """Whoever queues for a row waits for two locks, one after the other."""
    note(people[1], 1)
    took: list[float] = []

    def write(number: int) -> None:
        time.sleep(0.3 * number)
        began = time.monotonic()
        note(people[1], number)
        took.append(time.monotonic() - began)

    with head_locked(people[1]):
        in_threads([lambda number=number: write(number) for number in (1, 2)])  # type: ignore[misc]
        assert max(took) < 1.6 * record.NUMBERING_PATIENCE
    assert number_pending(pending_user_ids()) == 2


def test_two_who_hold_new_streams_and_tell_each_other_do_not_deadlock(people: list[int]) -> None:
    first, second = people[1:3]
    holding = threading.Barrier(2)

    def tell(mine: int, other: int) -> Callable[[], None]:
        def work() -> None:
            with recording() as log:
                hold(mine)
                if connection.vendor == "postgresql":  # on SQLite one of them waits here for the other to end
                    holding.wait(10)
                log.add([mine, other], Noted(writer=mine, number=1))

        return work

    in_threads([tell(first, second), tell(second, first)])
    number_pending(people)
    for user_id in (first, second):
        bodies = assert_gapless(user_id)
        assert {body["writer"] for body in bodies} == {first, second}


@pytest.mark.usefixtures("only_postgres")
def test_a_stream_that_somebody_begins_in_this_moment_is_held_all_the_same(people: list[int]) -> None:
    begun, held = threading.Event(), threading.Event()
    order: list[str] = []

    def begin() -> None:
        with recording():
            hold(people[1])
            begun.set()
            held.wait(0.5)
            order.append("begun")

    def follow() -> None:
        assert begun.wait(10)
        with recording() as log:
            hold(people[1])
            order.append("held")
            held.set()
            log.add(people[1], Noted(writer=1, number=1))

    in_threads([begin, follow])
    assert order == ["begun", "held"]
    assert len(assert_gapless(people[1])) == 1


def leave_unnumbered(user_id: int, *numbers: int) -> None:
    """What a process leaves that dies between its commit and the numbering."""
    for number in numbers:
        body = f'{{"at":"2026-11-23T06:20:01.000000Z","type":"noted","writer":5,"number":{number}}}'
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO streams_entry (stream_id, seq, type, body, created_at) VALUES (%s, NULL, 'noted', %s, %s)",
                [user_id, body, "2026-11-23 06:20:01"],
            )


def test_what_a_dead_process_left_unnumbered_is_found_and_numbered_in_order(
    people: list[int], bus: RememberingBus
) -> None:
    note(people[1], 1)
    leave_unnumbered(people[1], 1, 2, 3)
    leave_unnumbered(people[2], 1)
    assert sorted(pending_user_ids()) == sorted(people[1:3])
    assert number_pending(pending_user_ids()) == 4
    assert pending_user_ids() == []
    assert [(body["writer"], body["number"]) for body in assert_gapless(people[1])] == [(0, 1), (5, 1), (5, 2), (5, 3)]
    assert sorted(bus.places()) == sorted(
        [(people[1], 1), (people[1], 2), (people[1], 3), (people[1], 4), (people[2], 1)]
    )
    assert number_pending(people) == 0


def test_whoever_writes_next_numbers_first_what_was_left(people: list[int], bus: RememberingBus) -> None:
    note(people[1], 1)
    leave_unnumbered(people[1], 1, 2)
    note(people[1], 2)
    assert [(body["writer"], body["number"]) for body in assert_gapless(people[1])] == [(0, 1), (5, 1), (5, 2), (0, 2)]
    assert sorted(bus.places()) == [(people[1], 1), (people[1], 2), (people[1], 3), (people[1], 4)]


def test_numbering_at_once_numbers_everything_once(people: list[int], bus: RememberingBus) -> None:
    note(people[1], 1)
    leave_unnumbered(people[1], *range(1, 21))

    def number() -> None:
        number_pending([people[1]])

    in_threads([number] * 5)
    assert len(assert_gapless(people[1])) == 21
    assert sorted(bus.places()) == [(people[1], seq) for seq in range(1, 22)]
