"""Who is connected: a lease that expires.

A list of the connected that is changed on connect and disconnect is wrong for ever after the first `kill -9`. So a gateway
holds a lease for each of its users and renews it; a gateway that dies renews nothing. Leaving shortens the lease to a grace of
a few seconds, so that a page that reloads is not seen to go. Both ends are then one thing, a lease that has run out, and
whichever process notices it first takes the user off the list, once, and says so.

Two stores keep one contract: memory for one process, Redis for many. Redis' own clock measures leases there, so the clocks of
the processes do not matter. A Redis that is away means nobody is known to be online, never an error and never a wait.

May import: bus.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .conf import conf
from .metrics import PRESENCE_FAILURES

log = logging.getLogger("streams.presence")

BATCH = 500
"""Users a command, so that none keeps Redis busy for long."""
REST = 1.0
"""Seconds without a try after one failed."""


class PresenceAway(Exception):
    """The store does not answer."""


class PresenceStore(Protocol):
    """Leases of users, each held by gateways. Times are seconds from now."""

    def hold(self, hub: str, user_ids: Sequence[int], *, lease: float) -> list[int]:
        """Renew or begin leases; the users who were not on the list before."""

    def release(self, hub: str, user_ids: Sequence[int], *, grace: float) -> None:
        """Let these leases of a gateway run out after `grace`."""

    def expired(self) -> list[int]:
        """Take users whose last lease has run out off the list and return them: each to one caller only."""

    def online(self, user_ids: Sequence[int]) -> set[int]:
        """Those of the users who hold a lease."""

    def forget(self, user_id: int) -> None:
        """Remove all traces of a user."""


class MemoryPresence:
    """Leases inside one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._leases: dict[int, dict[str, float]] = {}
        self._nothing_before = 0.0
        """No lease runs out earlier, so looking at all of them twice a second would find nothing."""

    def hold(self, hub: str, user_ids: Sequence[int], *, lease: float) -> list[int]:
        until = self._clock() + lease
        with self._lock:
            new = [user_id for user_id in user_ids if user_id not in self._leases]
            for user_id in user_ids:
                self._leases.setdefault(user_id, {})[hub] = until
            self._nothing_before = min(self._nothing_before, until)
        return new

    def release(self, hub: str, user_ids: Sequence[int], *, grace: float) -> None:
        until = self._clock() + grace
        with self._lock:
            for user_id in user_ids:
                leases = self._leases.get(user_id, {})
                if hub in leases:
                    leases[hub] = min(until, leases[hub])
            self._nothing_before = min(self._nothing_before, until)

    def expired(self) -> list[int]:
        now = self._clock()
        with self._lock:
            if now < self._nothing_before:
                return []
            ends = {user_id: max(leases.values()) for user_id, leases in self._leases.items()}
            over = [user_id for user_id, end in ends.items() if end <= now]
            for user_id in over:
                del self._leases[user_id]
            self._nothing_before = min((end for end in ends.values() if end > now), default=math.inf)
        return over

    def online(self, user_ids: Sequence[int]) -> set[int]:
        now = self._clock()
        with self._lock:
            return {one for one in user_ids if one in self._leases and max(self._leases[one].values()) > now}

    def forget(self, user_id: int) -> None:
        with self._lock:
            self._leases.pop(user_id, None)


_TIME = "redis.replicate_commands() local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000) "
_HOLD = (
    _TIME
    + """
local new = {}
for i = 3, #ARGV do
    local user = ARGV[i]
    local leases = KEYS[2] .. ':' .. user
    redis.call('ZADD', leases, now + ARGV[2], ARGV[1])
    redis.call('PEXPIRE', leases, ARGV[2] * 4)
    if not redis.call('ZSCORE', KEYS[1], user) then new[#new + 1] = user end
    redis.call('ZADD', KEYS[1], 'GT', now + ARGV[2], user)
end
return new
"""
)
_RELEASE = (
    _TIME
    + """
for i = 3, #ARGV do
    local user = ARGV[i]
    local leases = KEYS[2] .. ':' .. user
    redis.call('ZADD', leases, 'XX', 'LT', now + ARGV[2], ARGV[1])
    local last = redis.call('ZREVRANGE', leases, 0, 0, 'WITHSCORES')
    if last[2] then redis.call('ZADD', KEYS[1], 'XX', last[2], user) end
end
"""
)
_EXPIRED = (
    _TIME
    + """
local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, user in ipairs(over) do
    redis.call('ZREM', KEYS[1], user)
    redis.call('DEL', KEYS[2] .. ':' .. user)
end
return over
"""
)
_ONLINE = (
    _TIME
    + """
local there = {}
for _, user in ipairs(ARGV) do
    local till = redis.call('ZSCORE', KEYS[1], user)
    if till and tonumber(till) > now then there[#there + 1] = user end
end
return there
"""
)


class RedisPresence:
    """Leases in Redis: `<prefix>:presence` is a sorted set of users by when their last lease runs out, and
    `<prefix>:presence:<user>` one of the gateways that hold them. Each operation is one script, so it is atomic."""

    def __init__(self, *, url: str, prefix: str, timeout: float) -> None:
        self._client = redis.Redis.from_url(
            url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
        )
        self._keys = [f"{prefix}:presence", f"{prefix}:presence"]
        scripts = {"hold": _HOLD, "release": _RELEASE, "expired": _EXPIRED, "online": _ONLINE}
        self._scripts = {name: self._client.register_script(text) for name, text in scripts.items()}
        self._rest_until = 0.0

    def hold(self, hub: str, user_ids: Sequence[int], *, lease: float) -> list[int]:
        return [int(one) for part in _parts(user_ids) for one in self._run("hold", hub, int(lease * 1000), *part)]

    def release(self, hub: str, user_ids: Sequence[int], *, grace: float) -> None:
        for part in _parts(user_ids):
            self._run("release", hub, int(grace * 1000), *part)

    def expired(self) -> list[int]:
        return [int(one) for one in self._run("expired", BATCH)]

    def online(self, user_ids: Sequence[int]) -> set[int]:
        return {int(one) for part in _parts(user_ids) for one in self._run("online", *part)}

    def forget(self, user_id: int) -> None:
        self._guarded(self._client.delete, f"{self._keys[1]}:{user_id}")
        self._guarded(self._client.zrem, self._keys[0], user_id)

    def _run(self, name: str, *arguments: Any) -> list[bytes]:
        found = self._guarded(self._scripts[name], self._keys, arguments)
        return list(found or ())

    def _guarded(self, work: Callable[..., Any], *arguments: Any) -> Any:
        if time.monotonic() < self._rest_until:
            raise PresenceAway
        try:
            return work(*arguments)
        except (redis.RedisError, OSError) as error:
            self._rest_until = time.monotonic() + REST
            PRESENCE_FAILURES.inc()
            log.warning("presence_unavailable", extra={"error": type(error).__name__})
            raise PresenceAway from error


def _parts(user_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (user_ids[start : start + BATCH] for start in range(0, len(user_ids), BATCH))


@cache
def current_presence() -> PresenceStore:
    """The store of this process: Redis when `STREAMS["REDIS_URL"]` is set, else memory."""
    settings = conf()
    if not settings.REDIS_URL:
        return MemoryPresence()
    return RedisPresence(url=settings.REDIS_URL, prefix=settings.REDIS_PREFIX, timeout=settings.PUBLISH_TIMEOUT)


def online(user_ids: Iterable[int]) -> set[int]:
    """Who of these is connected; nobody, when it cannot be known."""
    wanted = list(set(user_ids))
    if not wanted:
        return set()
    try:
        return current_presence().online(wanted)
    except PresenceAway:
        return set()
