"""Mistakes that a server can be told to make, to show that a test would notice: `LAB_MUTANT=name`.

Each is the mistake a reasonable person makes, put in from outside; the product knows nothing of them.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from streams import heads, record
from streams.bus import Hint
from streams.delivery import Delivery, Do, State
from streams.gateway import hub as hub_module
from streams.gateway.connection import Connection
from streams.gateway.endings import Endings
from streams.gateway.ephemeral import Ephemeral
from streams.gateway.hub import Hub
from streams.gateway.identity import Refusal
from streams.gateway.rounds import Rounds
from streams.read import positions


def become(name: str) -> None:
    """Make this mistake from now on."""
    MUTANTS[name]()


def patch(owner: Any, name: str, mistake: Any) -> None:
    """Put a mistake in the place of what is right."""
    setattr(owner, name, mistake)


def no_lock_on_the_sequence() -> None:
    """Numbers come from a plain read of the head: two transactions read the same one."""

    class Unlocked:
        """The connection's cursor, deaf to locking clauses."""

        def __init__(self, cursor: Any) -> None:
            self.cursor = cursor

        def __enter__(self) -> "Unlocked":
            self.cursor.__enter__()
            return self

        def __exit__(self, *given: Any) -> Any:
            return self.cursor.__exit__(*given)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cursor, name)

        def execute(self, statement: str, given: Any = None) -> Any:
            for clause in ("FOR NO KEY UPDATE OF s SKIP LOCKED", "FOR NO KEY UPDATE OF s"):
                statement = statement.replace(clause, "")
            return self.cursor.execute(statement, given)

    class Connection:
        def __getattr__(self, name: str) -> Any:
            from django.db import connection

            return getattr(connection, name)

        def cursor(self) -> Unlocked:
            from django.db import connection

            return Unlocked(connection.cursor())

    patch(heads, "connection", Connection())


def no_dedup() -> None:
    """What a hint brings is sent again when the hint comes again."""
    original = Delivery.hint

    def hint(self: Delivery, epoch: str, seq: int, *, carries: bool) -> Do:
        if carries and self.state is State.LIVE and epoch == self.epoch and seq <= self.sent:
            return Do.SEND
        return original(self, epoch, seq, carries=carries)

    patch(Delivery, "hint", hint)


def no_sweeper() -> None:
    """Nobody re-reads the heads: what a lost hint told of waits for the next hint."""

    async def sweep(self: Rounds) -> None:
        self._sweeping = False

    patch(Rounds, "_sweep", sweep)


def publish_before_commit() -> None:
    """The bus hears of it while it may still be rolled back."""

    class Hasty:
        def __getattr__(self, name: str) -> Any:
            return getattr(transaction, name)

        def on_commit(self, work: Callable[[], None], robust: bool = False) -> None:
            work()

    patch(record, "transaction", Hasty())


def payload_trusted() -> None:
    """Whatever a hint brings is sent, gap or no gap."""

    def trusting(hub: Hub, hints: Sequence[Hint]) -> None:
        for body, (user_id, epoch, seq) in ((hint.body, place) for hint in hints for place in hint.positions):
            for connection in hub.by_user.get(user_id, ()):
                machine = connection.delivery
                if body and seq > machine.sent and machine.state is State.LIVE and epoch == machine.epoch:
                    machine.sent = machine.head = seq
                    connection.write_entry(seq, body)
                else:
                    connection.on_hint(epoch, seq, body)

    patch(hub_module, "fan_out", trusting)


def read_before_subscribe() -> None:
    """The position is read first and the connection registered for hints after it, with a breath in between."""

    async def admit(self: Hub, arrivals: list[Connection]) -> None:
        waiting = [one for one in arrivals if one in self.greeted]
        answers = await self.in_thread(partial(self._authenticate, [self.greeted[one] for one in waiting]))
        admitted = [(one, who) for one, who in zip(waiting, answers, strict=True) if not isinstance(who, Refusal)]
        found = await self.in_thread(partial(positions, [who.user_id for _, who in admitted]))
        await asyncio.sleep(0.05)
        for connection, who in admitted:
            self.greeted.pop(connection, None)
            if not connection.closed:
                self._register(connection, who)
                connection.located(found[who.user_id])

    patch(Hub, "_admit", admit)


def bus_that_fails_requests() -> None:
    """A dead bus turns a done action into an error."""
    from streams.bus.redis import RedisBus

    def publish(self: RedisBus, signals: Any) -> int:
        messages = [message for signal in signals for message in self._spread(signal)]
        self._send(messages)
        return 0

    patch(RedisBus, "publish", publish)
    original = transaction.on_commit

    class Brittle:
        def __getattr__(self, name: str) -> Any:
            return getattr(transaction, name)

        def on_commit(self, work: Callable[[], None], robust: bool = False) -> None:
            original(work)

    patch(record, "transaction", Brittle())


def closes_forgotten() -> None:
    """A login that ends is told to nobody."""

    def end(self: Hub, *given: Any) -> None:
        pass

    patch(hub_module.Hub, "end", end)


def ended_logins_unread() -> None:
    """The table of ended logins is not looked at: the hint alone closes."""
    patch(Endings, "read", lambda self: [])


def credentials_never_end() -> None:
    """Whoever came in with a good token stays for ever."""
    patch(Rounds, "_end_expired", lambda self, now: None)


def watches_outlive_rights() -> None:
    """Who may watch a topic is asked when they begin to, and never again."""
    patch(Ephemeral, "ask_again", lambda self, user_id: None)


def blocks_unasked() -> None:
    """A block ends the friendship, and nobody asks for it afterwards."""
    from accounts import selectors
    from chat import selectors as typing
    from chat.actions import mark_delivered, mark_read, send_message
    from posts.actions import edit

    for owner in (selectors, typing, mark_read, mark_delivered, edit):
        patch(owner, "block_between", lambda one_id, other_id: False)
    patch(send_message, "has_blocked", lambda blocker_id, blocked_id: False)


def numbering_forgotten() -> None:
    """Entries whose head was locked stay unnumbered unless somebody writes again."""
    record.number_pending = lambda user_ids, **named: 0
    from streams.gateway import rounds

    if hasattr(rounds, "number_pending"):
        rounds.number_pending = record.number_pending


MUTANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (
        no_lock_on_the_sequence,
        no_dedup,
        no_sweeper,
        publish_before_commit,
        payload_trusted,
        read_before_subscribe,
        bus_that_fails_requests,
        closes_forgotten,
        ended_logins_unread,
        credentials_never_end,
        watches_outlive_rights,
        blocks_unasked,
        numbering_forgotten,
    )
}
