"""The promises of the model's world `committing`, kept by the real recording: real transactions that move a statement at a time.

Hypothesis chooses who moves, who dies where and who sweeps; after each step another connection looks at what is committed.
The model shows that the rules suffice, this shows that the code keeps them.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
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

from streams import heads, record
from streams.record import number_pending, pending_user_ids, recording
from tests.integration.streams.conftest import RememberingBus
from tests.support.noted import Noted
from tests.support.people import make_person
from tests.support.stepped import Stepped

ANY = st.integers(min_value=0, max_value=63)
STREAMS = 2
LONG_ENOUGH = 400
AUDIENCES = st.sampled_from([(0,), (1,), (0, 1)])
ACTIONS = st.lists(st.tuples(AUDIENCES, st.booleans()), min_size=1, max_size=2)


class Row(NamedTuple):
    id: int
    seq: int | None
    action: tuple[int, int]


class ChangedItsMind(Exception):
    """The action fails after it has added its events."""


class Recording(RuleBasedStateMachine):
    """Two or three writers, two streams that may begin here, sweeps, one death."""

    bus: RememberingBus
    swept = True
    """Without sweeps nobody dies either: what follows each commit must then be enough."""

    @initialize(plans=st.lists(ACTIONS, min_size=2, max_size=3), begun=st.booleans())
    def start(self, plans: list[list[tuple[tuple[int, ...], bool]]], begun: bool) -> None:
        self.bus.signals.clear()
        self.bus.inside = 0
        self.people = fresh_people()
        if begun:
            write(self.people, (0, 0))
        self.seen: dict[int, list[Row]] = defaultdict(list)
        self.before: dict[tuple[int, int], set[int]] = {}
        self.done: dict[tuple[int, int], tuple[int, ...]] = {}
        self.refused: set[tuple[int, int]] = set()
        self.threads: list[Stepped] = []
        self.died = False
        for me, plan in enumerate(plans, 1):
            self.begin(f"writer {me}", self.writer(me, plan))

    def begin(self, name: str, work: Callable[[Stepped], None]) -> None:
        thread = Stepped(name, work)
        self.threads.append(thread)
        thread.begin()

    def writer(self, me: int, plan: list[tuple[tuple[int, ...], bool]]) -> Callable[[Stepped], None]:
        def work(thread: Stepped) -> None:
            for number, (audience, refuses) in enumerate(plan, 1):
                with thread.unwatched():
                    self.before[me, number] = {row.id for rows in self.rows().values() for row in rows}
                to = [self.people[one] for one in audience]
                try:
                    write(to, (me, number), refuses=refuses)
                except ChangedItsMind:
                    self.refused.add((me, number))
                else:
                    self.done[me, number] = tuple(to)

        return work

    def rows(self) -> dict[int, list[Row]]:
        """What is committed, by stream; numbered entries first and in order."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT stream_id, id, seq, body FROM streams_entry WHERE stream_id IN (%s, %s) ORDER BY seq IS NULL, seq, id",
                self.people,
            )
            found: dict[int, list[Row]] = defaultdict(list)
            for stream, id_, seq, body in cursor.fetchall():
                told = json.loads(body)
                found[stream].append(Row(id_, seq, (told["writer"], told["number"])))
        return found

    # What happens.

    def able(self) -> list[Stepped]:
        """On SQLite a transaction waits for the one writer before it does anything: that wait is no step."""
        alone = connection.vendor == "sqlite"
        busy = [thread for thread in self.threads if thread.in_transaction and not thread.over]
        return [
            thread
            for thread in self.threads
            if not thread.over and not (alone and busy and thread not in busy and thread.next != "its beginning")
        ]

    @rule(which=ANY, steps=st.integers(1, 5))
    def one_moves(self, which: int, steps: int) -> None:
        able = self.able()
        for _ in range(steps if able else 0):
            thread = able[which % len(able)]
            if thread in self.able():
                self.moves(thread)

    def moves(self, thread: Stepped) -> None:
        """One step, and whatever others are set free to do by it."""
        thread.step()
        self.others_come_by()

    def others_come_by(self) -> None:
        for thread in self.threads:
            thread.come_by()

    @precondition(lambda self: self.swept and not self.died and any(not thread.waits for thread in self.able()))
    @rule(which=ANY)
    def one_dies(self, which: int) -> None:
        able = [thread for thread in self.able() if not thread.waits]
        able[which % len(able)].die()
        self.others_come_by()
        self.died = True

    @precondition(lambda self: self.swept and sum(not thread.over for thread in self.threads) < 5)
    @rule()
    def a_sweep_begins(self) -> None:
        self.begin("a sweep", lambda _: sweep())

    # What holds.

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "threads"):
            return
        for thread in self.threads:
            assert thread.wrong is None, f"{thread.name} ended with {thread.wrong!r}"
        rows = self.rows()
        self._gapless(rows)
        self._causal(rows)
        assert self.bus.inside == 0, "told before the commit"
        committed = {(stream, row.seq) for stream, found in rows.items() for row in found}
        told = [place for place in self.bus.places() if place[0] in self.people]
        assert committed.issuperset(told), "told of what nobody can read"
        assert len(told) == len(set(told)), "told twice"

    def _gapless(self, rows: dict[int, list[Row]]) -> None:
        for stream in self.people:
            numbered = [row for row in rows[stream] if row.seq is not None]
            assert [row.seq for row in numbered] == list(range(1, len(numbered) + 1)), "a hole, or a number twice"
            assert numbered[: len(self.seen[stream])] == self.seen[stream], "out of order: a reader has passed by"
            self.seen[stream] = numbered

    def _causal(self, rows: dict[int, list[Row]]) -> None:
        for found in rows.values():
            for row in found:
                later = [one.seq or LONG_ENOUGH for one in found if one.id in self.before.get(row.action, ())]
                assert row.seq is None or max(later, default=0) < row.seq, (
                    f"out of order: {row} is numbered before its past"
                )

    def teardown(self) -> None:
        if not hasattr(self, "threads"):
            return
        try:
            self._settle()
        finally:
            while left := [thread for thread in self.threads if not thread.over]:
                for thread in left:
                    thread.step() if thread.waits else thread.die()

    def _settle(self) -> None:
        for _ in range(LONG_ENOUGH):
            able = self.able()
            if not able:
                break
            for thread in able:
                if thread in self.able():
                    self.moves(thread)
            self.promises_hold()
        assert not any(not thread.over for thread in self.threads), "somebody waits for ever"
        if self.died and self.swept:
            sweep()
        self.promises_hold()
        self._whole(self.rows())

    def _whole(self, rows: dict[int, list[Row]]) -> None:
        told = set(self.bus.places())
        for stream, found in rows.items():
            assert all(row.seq is not None for row in found), "lost: an entry has no number, and nothing is left to do"
            assert self.died or {(stream, row.seq) for row in found} <= told, "lost: nobody was told"
            actions = [row.action for row in found]
            assert len(actions) == len(set(actions)), "recorded twice"
            assert not self.refused.intersection(actions), "phantom"
        for action, audience in self.done.items():
            assert all(action in [row.action for row in rows[stream]] for stream in audience), f"lost: {action}"


def fresh_people() -> list[int]:
    fresh_people.made += STREAMS  # type: ignore[attr-defined]
    first = fresh_people.made  # type: ignore[attr-defined]
    return [make_person(f"stepped{first + number}").pk for number in range(STREAMS)]


fresh_people.made = 0  # type: ignore[attr-defined]


def write(to: list[int], action: tuple[int, int], *, refuses: bool = False) -> None:
    with recording() as log:
        log.add(to, Noted(writer=action[0], number=action[1]))
        if refuses:
            raise ChangedItsMind


def sweep() -> None:
    number_pending(pending_user_ids(), wait=False)


THOROUGH = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
QUICK = settings(THOROUGH, max_examples=120, phases=[Phase.generate])


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("swept", [True, False], ids=["swept and killed", "nobody killed, no sweep"])
def test_recording_keeps_every_promise_a_statement_at_a_time(bus: RememberingBus, swept: bool) -> None:
    run_state_machine_as_test(type("Right", (Recording,), {"bus": bus, "swept": swept}), settings=THOROUGH)


# Mistakes.


def no_lock(patch: pytest.MonkeyPatch) -> None:
    """Numbers come from a head that is not locked."""

    def unlocked(execute: Callable[..., object], sql: str, *rest: object) -> object:
        return execute(sql.replace("FOR NO KEY UPDATE OF s SKIP LOCKED", ""), *rest)

    before = Stepped._before

    def stepping(self: Stepped, execute: Callable[..., object], sql: str, *rest: object) -> object:
        return before(self, lambda *given: unlocked(execute, *given), sql, *rest)  # type: ignore[arg-type]

    patch.setattr(Stepped, "_before", stepping)


def no_follow_up(patch: pytest.MonkeyPatch) -> None:
    """Whoever leaves an entry unnumbered leaves it to the others."""
    patch.setattr(record, "number_pending", lambda *_, **__: 0)


def own_number_first(patch: pytest.MonkeyPatch) -> None:
    """The holder of a head takes a number before those who wait."""

    def heedless(rows: list[heads.Row], **rest: Any) -> tuple[dict[int, heads.Head], list[int]]:
        return heads.insert_entries(rows, **rest | {"held": [row.user_id for row in rows]})

    patch.setattr(record, "insert_entries", heedless)


def told_at_once(patch: pytest.MonkeyPatch) -> None:
    """Published before the commit."""
    patch.setattr(transaction, "on_commit", lambda tell, **_: tell())


def skipping_follow_up(patch: pytest.MonkeyPatch) -> None:
    """The follow-up passes over heads that are held, and nobody sweeps."""
    honest = number_pending
    patch.setattr(record, "number_pending", lambda ids, **_: honest(ids, wait=False))


MISTAKES = [no_lock, no_follow_up, own_number_first, told_at_once, skipping_follow_up]


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_in_recording_is_caught(
    bus: RememberingBus, monkeypatch: pytest.MonkeyPatch, mistake: Callable[[pytest.MonkeyPatch], None]
) -> None:
    if connection.vendor == "sqlite" and mistake is not told_at_once:
        pytest.skip("SQLite has one writer: no head is ever held by somebody else")
    alone = mistake in (no_follow_up, skipping_follow_up)
    wrong = type("Wrong", (Recording,), {"bus": bus, "swept": not alone})
    mistake(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(wrong, settings=QUICK)
