"""How many may come in: in all, from one address, and in a second.

When a process dies its clients come back at once, to whoever is left. A process that takes more handshakes than it can serve
serves none of them in time; so it takes what it can, and tells the others to come back in two seconds.
"""

import time
from collections.abc import Callable

from streams import metrics
from streams.conf import conf

from .address import counted_as


class Gate:
    """The doorkeeper of one hub. `inside` is how many have entered and not left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.inside = 0
        self._from: dict[str, int] = {}
        self._free = float(conf().HANDSHAKES_PER_SECOND)
        self._free_at = clock()

    def enter(self, address: str) -> bool:
        """Whether one more may come in from there, who then is inside."""
        settings = conf()
        if self.inside >= settings.CONNECTIONS_PER_PROCESS:
            return self._refuse("process")
        name = counted_as(address)
        if name and self._from.get(name, 0) >= settings.CONNECTIONS_PER_ADDRESS:
            return self._refuse("address")
        now = self._clock()
        rate = settings.HANDSHAKES_PER_SECOND
        self._free = min(float(rate), self._free + (now - self._free_at) * rate)
        self._free_at = now
        if self._free < 1:
            return self._refuse("rate")
        self._free -= 1
        self.inside += 1
        if name:
            self._from[name] = self._from.get(name, 0) + 1
        return True

    def _refuse(self, reason: str) -> bool:
        metrics.REFUSED.labels(reason).inc()
        return False

    def leave(self, address: str) -> None:
        """One from there has gone."""
        self.inside -= 1
        name = counted_as(address)
        if name:
            left = self._from[name] - 1
            if left:
                self._from[name] = left
            else:
                del self._from[name]
