"""How often one may ask. Counted in each process's memory, so that a dead cache neither opens the gates nor closes
them.

A rate is a bucket that refills evenly (GCRA): one float a client instead of a list of times. Rates stand in
`THROTTLE_RATES`; `THROTTLE_FACTOR` multiplies all of them, for benches and tests.
"""

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from .addresses import client_address

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
MAX_CLIENTS = 100_000


@cache
def parse_rate(rate: str) -> tuple[int, float]:
    """`60/m` as (60, 60.0): how many, in how many seconds."""
    count, _, unit = rate.partition("/")
    return int(count), _SECONDS[unit[:1]]


class Buckets:
    """When each client's bucket will be full again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def take(self, key: tuple[str, str], *, count: float, seconds: float) -> float:
        """Take one from a bucket of `count` that fills in `seconds`; 0, or the seconds until one is there."""
        now = self._clock()
        step = seconds / count
        with self._lock:
            full_at = max(self._full_at.get(key, now), now) + step
            wait = full_at - now - seconds
            if wait > 1e-9:
                return wait
            if len(self._full_at) >= MAX_CLIENTS:
                self._full_at = {one: at for one, at in self._full_at.items() if at > now}
            self._full_at[key] = full_at
        return 0.0

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._full_at.clear()


buckets = Buckets()


class Limits(BaseThrottle):
    """The general rate of a member or an address, and the rate of what the view calls its `throttle_scope`.

    A scope may be one name or a name for each method.
    """

    _wait = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        member = request.user.pk if request.user and request.user.is_authenticated else None
        client = f"member {member}" if member else f"address {client_address(request._request)}"
        scope = getattr(view, "throttle_scope", None)
        if isinstance(scope, dict):
            scope = scope.get(request.method)
        self._wait = max(_take(one, client) for one in ("member" if member else "address", scope) if one)
        return self._wait == 0

    def wait(self) -> float:
        return self._wait


def _take(scope: str, client: str) -> float:
    count, seconds = parse_rate(settings.THROTTLE_RATES[scope])
    return buckets.take((scope, client), count=count * settings.THROTTLE_FACTOR, seconds=seconds)
