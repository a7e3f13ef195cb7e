"""The connections of one process: who is here, what reaches them, and the few loops that serve them all.

There is no task, timer or queue per connection. Arrivals, reads and heartbeats are gathered and done for many at once: a
hundred sockets opening in the same milliseconds cost two queries, and a hundred gaps cost one. Whoever comes while others are
being asked about waits for that answer and is asked about with the rest, so the batches grow with the rush. Database work
runs in a small pool of threads; everything else happens on the one event loop that owns the hub.

The order that must not change: a connection is registered for hints before its stream's position is read.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import DatabaseError, Error, InterfaceError, close_old_connections
from django.db import connection as database
from django.utils.module_loading import import_string

from streams import metrics, protocol
from streams.away import is_away
from streams.bus import WATCH_AGAIN, Bus, Ended, Hint, Signal, Whisper, current_bus
from streams.conf import conf
from streams.protocol import CloseCode
from streams.read import Page, Position, pages, positions

from .chores import Chores
from .connection import Connection, least_needed
from .ephemeral import Ephemeral
from .fan_out import fan_out
from .gate import Gate
from .identity import Authenticator, Credential, Identity, Refusal
from .rounds import Rounds
from .sending_away import send_away

log = logging.getLogger("streams.gateway")
T = TypeVar("T")

GATHER = 0.002
"""Seconds in which reads are gathered into one batch."""
GATHER_ARRIVALS = 0.005
"""Seconds in which arrivals are: nobody notices them in a page that loads, and in a rush they make batches of dozens."""
ARRIVALS_A_BATCH = 500
READS_A_BATCH = 64
RETRY = 0.5
"""Seconds before a batch that failed on the database is tried again."""


class Hub:
    """Owns the connections of one event loop. Make one with `current_hub()`."""

    def __init__(self, bus: Bus | None = None) -> None:
        self.name = secrets.token_hex(3)
        self.bus = bus or current_bus()
        self.loop = asyncio.get_running_loop()
        self.by_user: dict[int, list[Connection]] = {}
        self.greeted: dict[Connection, Credential] = {}
        self.stalled: dict[Connection, None] = {}
        self.acked: dict[Connection, None] = {}
        self.rounds = Rounds(self)
        self.ephemeral = Ephemeral(self)
        self.chores = Chores(self)
        self.gate = Gate()
        self.remember = self.chores.journal.hints.append
        self.delivered = 0
        """Entry frames written; the rounds hand it to the metric, because counting there is dear in the hot path."""
        self.draining = False
        self.count = self.left = 0
        """Connections that are here, and those that have gone."""
        self._arrivals: list[Connection] = []
        self._admitting = False
        self._wanting: dict[Connection, int] = {}
        self._threads = ThreadPoolExecutor(conf().READERS, thread_name_prefix="gateway")
        self._tasks: set[asyncio.Task[None]] = set()
        self._authenticate: Authenticator = import_string(conf().AUTHENTICATOR)
        self._started = False

    async def start(self) -> None:
        """Listen on the bus and start the rounds. Safe to call again."""
        if self._started:
            return
        self._started = True
        await self.chores.begin()
        await self.bus.listen(self.on_signals, self.rounds.sweep_now)
        self.spawn(self.rounds.run())
        self.spawn(self.chores.run())

    async def stop(self) -> None:
        """Stop everything; connections still open are left to their transports."""
        self._arrivals.clear()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.chores.end()
        await self.bus.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Run a coroutine that belongs to the hub and ends with it."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run database work in the pool.

        Opening SQLite's file costs more than most queries, so these few threads keep it open; PostgreSQL's connections go
        back to their pool.
        """

        def job() -> T:
            try:
                return work()
            finally:
                if database.vendor != "sqlite":
                    close_old_connections()

        return await self.loop.run_in_executor(self._threads, job)

    # Coming and going

    def join(self, connection: Connection) -> bool:
        """A handshake has been made. False when this process is full or going away: the door answers 503."""
        if self.draining or not self.gate.enter(connection.address):
            return False
        self.count += 1
        metrics.open_connections(connection.door).inc()
        self.rounds.expect_hello(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """A connection is over; called once for each."""
        self.count -= 1
        self.left += 1
        self.gate.leave(connection.address)
        metrics.open_connections(connection.door).dec()
        self.greeted.pop(connection, None)
        self.stalled.pop(connection, None)
        self._wanting.pop(connection, None)
        self.rounds.forget(connection)
        self.ephemeral.forget(connection)
        if connection.identity is None:
            return
        mine = self.by_user.get(connection.identity.user_id, [])
        if connection in mine:
            mine.remove(connection)
            self.chores.journal.note("gone", connection, connection.delivery.sent)
            if not mine:
                del self.by_user[connection.identity.user_id]
                self.chores.attendance.stirred.add(connection.identity.user_id)

    def arrive(self, connection: Connection, credential: Credential) -> None:
        """A client has said hello and waits for its welcome."""
        if self.draining:
            connection.close(CloseCode.RESTART, "This process restarts. Come back now.")
            return
        self.greeted[connection] = credential
        self._arrivals.append(connection)
        if not self._admitting:
            self._admitting = True
            self.loop.call_later(GATHER_ARRIVALS, self._admit_gathered)

    def _admit_gathered(self) -> None:
        batch, self._arrivals = self._arrivals[:ARRIVALS_A_BATCH], self._arrivals[ARRIVALS_A_BATCH:]
        if batch:
            self.spawn(self._admit_and_go_on(batch))
        else:
            self._admitting = False

    async def _admit_and_go_on(self, batch: list[Connection]) -> None:
        try:
            await self._admit(batch)
        finally:
            self._admit_gathered()

    async def _admit(self, arrivals: list[Connection]) -> None:
        waiting = [connection for connection in arrivals if connection in self.greeted]
        credentials = [self.greeted[connection] for connection in waiting]
        try:
            answers = await self.in_thread(partial(self._authenticate, credentials))
        except (DatabaseError, InterfaceError) as error:
            self._try_again("authenticate", error, partial(self._readmit, waiting))
            return
        admitted: list[Connection] = []
        for connection, answer in zip(waiting, answers, strict=True):
            if connection.closed:
                continue
            if isinstance(answer, Refusal):
                connection.refused(answer)
            else:
                self._register(connection, answer)
                admitted.append(connection)
        self.spawn(self._locate(admitted))

    def _readmit(self, waiting: Sequence[Connection]) -> None:
        for connection in waiting:
            if connection in self.greeted and not connection.closed:
                self.arrive(connection, self.greeted[connection])

    def _register(self, connection: Connection, identity: Identity) -> None:
        if self.chores.endings.has_ended(identity):
            connection.refused(Refusal(CloseCode.REVOKED, "This login has ended."))
            return
        connection.admitted(identity)
        mine = self.by_user.setdefault(identity.user_id, [])
        if not mine:
            self.chores.attendance.stirred.add(identity.user_id)
        if len(mine) >= conf().CONNECTIONS_PER_USER:
            least_needed(mine, identity).close(CloseCode.REPLACED, "A newer connection of yours took this one's place.")
        mine = self.by_user.setdefault(identity.user_id, [])
        mine.append(connection)
        self.rounds.include(connection)

    async def admit_known(self, connection: Connection, identity: Identity) -> None:
        """Let in a connection whose door has authenticated it already."""
        self._register(connection, identity)
        await self._locate([connection])

    async def _locate(self, connections: list[Connection]) -> None:
        """Read where the streams of registered connections stand; hints are being remembered meanwhile."""
        wanted = [one for one in connections if not one.closed and one.identity is not None]
        if not wanted:
            return
        ids = list({one.identity.user_id for one in wanted if one.identity is not None})
        try:
            found = await self.in_thread(partial(positions, ids))
        except (DatabaseError, InterfaceError) as error:
            self._try_again("locate", error, lambda: self.spawn(self._locate(wanted)))
            return
        for connection in wanted:
            self.greeted.pop(connection, None)
            if not connection.closed and connection.identity is not None:
                position = found.get(connection.identity.user_id)
                if position is None:
                    connection.close(CloseCode.REVOKED, "This account is gone.")
                    continue
                connection.located(position)
                self.chores.journal.note("came", connection, connection.delivery.sent)

    def refresh(self, connection: Connection, credential: Credential) -> None:
        """A client brought a newer token."""
        self.spawn(self._refresh(connection, credential))

    async def _refresh(self, connection: Connection, credential: Credential) -> None:
        try:
            (answer,) = await self.in_thread(partial(self._authenticate, [credential]))
        except (DatabaseError, InterfaceError) as error:
            log.warning("refresh_failed", extra={"error": type(error).__name__})
            connection.write_control(protocol.error("try_again", "That did not work just now.", RETRY))
            return
        old = connection.identity
        if connection.closed or old is None:
            return
        if isinstance(answer, Refusal) or (answer.user_id, answer.login_id) != (old.user_id, old.login_id):
            reason = answer.reason if isinstance(answer, Refusal) else "This token belongs to another login."
            connection.refused(Refusal(CloseCode.NOT_AUTHENTICATED, reason))
            return
        connection.admitted(answer)
        self.rounds.include_expiry(connection)

    # Delivery

    def on_signals(self, signals: Sequence[Signal]) -> None:
        """These came over the bus, together and in this order."""
        hints: list[Hint] = []
        for signal in signals:
            if type(signal) is Hint:
                hints.append(signal)
                continue
            if hints:
                fan_out(self, hints)
                hints = []
            if isinstance(signal, Ended):
                self.end(signal)
            elif isinstance(signal, Whisper):
                self.ephemeral.whispered(signal)
        if hints:
            fan_out(self, hints)

    def want(self, connection: Connection) -> None:
        """A connection's machine asks for a page."""
        if not self._wanting:
            self.loop.call_later(GATHER, self._read_gathered)
        self._wanting[connection] = connection.delivery.read

    def _read_gathered(self) -> None:
        gathered, self._wanting = list(self._wanting.items()), {}
        for start in range(0, len(gathered), READS_A_BATCH):
            self.spawn(self._read(gathered[start : start + READS_A_BATCH]))

    async def _read(self, gathered: list[tuple[Connection, int]]) -> None:
        asked: dict[tuple[int, int], list[tuple[Connection, int]]] = {}
        for connection, read in gathered:
            if connection.identity is not None and not connection.closed:
                place = (connection.identity.user_id, connection.delivery.sent)
                asked.setdefault(place, []).append((connection, read))
        if not asked:
            return
        metrics.READS.inc()
        try:
            found = await self.in_thread(partial(pages, list(asked), limit=conf().PAGE, size=conf().PAGE_BYTES))
        except (DatabaseError, InterfaceError) as error:
            self._try_again("read", error, partial(self._want_again, gathered))
            return
        for readers, page in zip(asked.values(), found, strict=True):
            for connection, read in readers:
                self._give(connection, read, page)

    def _give(self, connection: Connection, read: int, page: Page | None) -> None:
        if connection.closed:
            return
        if page is None:
            connection.close(CloseCode.REVOKED, "This account is gone.")
            return
        before = connection.delivery.sent
        connection.on_page(read, page)
        self.chores.journal.note("page", connection, before)

    def _want_again(self, gathered: Sequence[tuple[Connection, int]]) -> None:
        for connection, read in gathered:
            if not connection.closed and connection.delivery.read == read:
                self.want(connection)

    def _try_again(self, what: str, error: Error, again: Callable[[], None]) -> None:
        metrics.READ_FAILURES.inc()
        level = logging.WARNING if is_away(error) else logging.ERROR
        log.log(level, "database_unavailable", extra={"doing": what, "error": type(error).__name__})
        self.loop.call_later(RETRY, again)

    def standings(self) -> dict[int, str]:
        """The cursor up to which each user has been served here; none that could be true where devices differ."""
        found: dict[int, str] = {}
        for user_id, (first, *others) in self.by_user.items():
            epoch, sent = first.delivery.epoch, first.delivery.sent
            same = all(one.delivery.sent == sent and one.delivery.epoch == epoch for one in others)
            found[user_id] = f"{epoch}.{sent}" if same else ""
        return found

    def swept(self, found: dict[int, Position]) -> None:
        """The sweeper found streams that have grown: whoever is behind them missed a hint."""
        for user_id, position in found.items():
            missed = False
            for connection in self.by_user.get(user_id, ()):
                delivery = connection.delivery
                if delivery.sent != position.head or delivery.epoch != position.epoch:
                    before = delivery.read
                    connection.on_hint(position.epoch, position.head, None)
                    missed = missed or delivery.read != before
            if missed:
                metrics.SWEPT.inc()

    # Endings

    def end(self, ended: Ended) -> None:
        """Logins have ended: close their connections. Or only a right has: ask again who may watch what."""
        if ended.code == WATCH_AGAIN:
            self.ephemeral.ask_again(ended.user_id)
            return
        self.chores.endings.heard(ended)
        for connection in tuple(self.by_user.get(ended.user_id, ())):
            identity = connection.identity
            if identity is not None and (ended.login_ids is None or identity.login_id in ended.login_ids):
                connection.close(ended.code, "You have been signed out here.")

    # Going away

    async def drain(self, seconds: float, *, alone: bool = False) -> None:
        """Ask every client to come back later, and close them with 1012.

        Args:
            seconds: over which they are spread, each leaving at its slot while the others are still served.
            alone: nobody else can take them. To keep them would only make the time longer in which nobody is served: all
                leave at once, and come back to the next process at half the pace of its gate.
        """
        self.draining = True
        await send_away(self, seconds, alone=alone)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


async def current_hub() -> Hub:
    """The hub of the running event loop, started."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
    await hub.start()
    return hub


def forget_hub(hub: Hub) -> None:
    """Let the next `current_hub()` of this loop make a new one."""
    _hubs.pop(hub.loop, None)
