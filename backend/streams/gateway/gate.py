"""How many may come in: in all, from one address, and in a second.

When a process dies its clients come back at once, to whoever is left. A process that takes more handshakes than it can serve
serves none of them in time; so it takes what it can, and tells the others to come back in two seconds.

A bucket that holds a whole second's worth lets in twice the rate in the second after a rest, which is when a herd comes. So
it holds a tenth, and fills with the other nine: no second, wherever it begins, has more than the rate.
"""

import time
from collections.abc import Callable

from streams import metrics
from streams.conf import conf

from .address import counted_as

AT_ONCE = 0.1
"""The part of a second's handshakes that may come in the same moment."""


class Gate:
    """The doorkeeper of one hub. `inside` is how many have entered and not left."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.inside = 0
        self._from: dict[str, int] = {}
        self._free = self._most
        self._free_at = clock()

    @property
    def _most(self) -> float:
        return max(1.0, conf().HANDSHAKES_PER_SECOND * AT_ONCE)

    def enter(self, address: str) -> bool:
        """Whether one more may come in from there, who then is inside."""
        settings = conf()
        if self.inside >= settings.CONNECTIONS_PER_PROCESS:
            return self._refuse("process")
        name = counted_as(address)
        if name and self._from.get(name, 0) >= settings.CONNECTIONS_PER_ADDRESS:
            return self._refuse("address")
        now = self._clock()
        fills = settings.HANDSHAKES_PER_SECOND * (1 - AT_ONCE)
        self._free = min(self._most, self._free + (now - self._free_at) * fills)
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
