"""Frames without a number and without a promise: who is typing, who is here, how the likes move.

They are dropped first: a connection that is behind gets none. For a topic the latest frame wins, and its watchers get a few a
second however hot the subject; a like storm costs each watcher three small frames a second, not two hundred.
"""

import time
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from django.db import DatabaseError, InterfaceError
from django.utils.module_loading import import_string

from streams import metrics, protocol
from streams.bus import Whisper
from streams.conf import conf

from .connection import Connection
from .topics import watchable

if TYPE_CHECKING:
    from .hub import Hub


RETRY = 0.5
"""Seconds before a question that failed on the database is asked again."""


class Ephemeral:
    """The watchers and whispers of one hub."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._watchers: dict[str, set[Connection]] = {}
        self._latest: dict[str, bytes] = {}
        self._resting: set[str] = set()
        self._changes = 0
        """How often rights have changed; an answer that was asked for before the last time is not believed."""

    # Topics

    def watch(self, connection: Connection, topics: Sequence[str]) -> None:
        """A client wants to follow topics."""
        wanted = set(topics) | (connection.topics or set())
        if len(wanted) > conf().MAX_TOPICS:
            words = f"A connection may watch {conf().MAX_TOPICS} topics."
            connection.write_control(protocol.error("too_many_topics", words))
            return
        self._hub.spawn(self._watch(connection, [one for one in topics if one not in (connection.topics or ())]))

    async def _watch(self, connection: Connection, topics: list[str]) -> None:
        assert connection.identity is not None  # noqa: S101
        try:
            mine = await self._allowed(connection.identity.user_id, topics)
        except (DatabaseError, InterfaceError):
            connection.write_control(protocol.error("try_again", "That did not work just now.", 1.0))
            return
        if connection.closed:
            return
        for one in mine:
            connection.topics = connection.topics or set()
            connection.topics.add(one)
            self._watchers.setdefault(one, set()).add(connection)
        missing = [one for one in topics if one not in mine]
        if missing:
            words = f"There is no such topic for you: {', '.join(missing)[:200]}."
            connection.write_control(protocol.error("unknown_topic", words))

    async def _allowed(self, user_id: int, topics: Sequence[str]) -> set[str]:
        while True:
            before = self._changes
            mine = await self._hub.in_thread(partial(watchable, user_id, topics))
            if before == self._changes:
                return mine

    def ask_again(self, user_id: int) -> None:
        """A right of this user has ended: whatever they watch here, they may do so no longer."""
        here = self._hub.by_user.get(user_id)
        if not here:  # every process hears of everybody; only its own people's questions are asked anew
            return
        self._changes += 1
        watching = [one for one in here if one.topics]
        if watching:
            self._hub.spawn(self._leave_what_is_not_theirs(user_id, watching))

    async def _leave_what_is_not_theirs(self, user_id: int, watching: Sequence[Connection]) -> None:
        """Without a word: whoever is blocked cannot tell."""
        asked = {topic for one in watching for topic in one.topics or ()}
        try:
            gone = asked - await self._allowed(user_id, sorted(asked))
        except (DatabaseError, InterfaceError):
            self._hub.loop.call_later(RETRY, self.ask_again, user_id)
            return
        for one in watching:
            self.unwatch(one, gone)

    def unwatch(self, connection: Connection, topics: Iterable[str]) -> None:
        """A client no longer follows topics."""
        for one in topics:
            if connection.topics is not None:
                connection.topics.discard(one)
            watchers = self._watchers.get(one)
            if watchers is not None:
                watchers.discard(connection)
                if not watchers:
                    del self._watchers[one]

    def forget(self, connection: Connection) -> None:
        """A connection is over."""
        if connection.topics:
            self.unwatch(connection, tuple(connection.topics))

    # Whispers

    def whispered(self, whisper: Whisper) -> None:
        """An ephemeral frame came over the bus."""
        for user_id in whisper.user_ids:
            for connection in tuple(self._hub.by_user.get(user_id, ())):
                self._say(connection, whisper.frame)
        if not whisper.topic or whisper.topic not in self._watchers:
            return
        self._latest[whisper.topic] = whisper.frame
        if whisper.topic not in self._resting:
            self._flush(whisper.topic)

    def _flush(self, name: str) -> None:
        """Tell the watchers the latest, then rest; what comes meanwhile waits and only its latest is told."""
        self._resting.discard(name)
        frame = self._latest.pop(name, None)
        if frame is None:
            return
        for connection in tuple(self._watchers.get(name, ())):
            self._say(connection, frame)
        self._resting.add(name)
        self._hub.loop.call_later(conf().COALESCE, self._flush, name)

    def _say(self, connection: Connection, frame: bytes) -> None:
        if connection.stalled_at is None and not connection.closed:
            metrics.WHISPERS.inc()
            connection.write_control(frame)

    # Typing

    @cached_property
    def _may_type(self):  # type: ignore[no-untyped-def]
        return import_string(conf().MAY_TYPE) if conf().MAY_TYPE else None

    def typing(self, connection: Connection, to: int) -> None:
        """A client is writing to somebody: tell them, if they may hear it, at most once in two seconds."""
        now = time.monotonic()
        typed = {user: at for user, at in (connection.typed or {}).items() if now - at < conf().TYPING_INTERVAL}
        if self._may_type is None or to in typed:
            return
        typed[to] = now
        connection.typed = typed
        self._hub.spawn(self._type(connection, to))

    async def _type(self, connection: Connection, to: int) -> None:
        assert connection.identity is not None  # noqa: S101
        user_id = connection.identity.user_id
        frame = msgspec.json.encode({"type": "typing", "from_user": user_id})

        def ask_and_tell() -> None:
            if self._may_type(user_id, to):
                self._hub.bus.publish([Whisper([to], "", frame)])

        try:
            await self._hub.in_thread(ask_and_tell)
        except (DatabaseError, InterfaceError):
            return
