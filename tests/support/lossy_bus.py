"""A bus that does the worst its contract allows: it drops, repeats and reorders, by a seed.

Around a real bus, inside tests or, through `STREAMS["BUS"]`, inside a server that a test has started; there the
variable LOSSY_BUS says how, such as `drop=0.5,repeat=0.2,reorder=0.2,seed=7`; `only=Hint+Ended` loses none but these.
"""

import asyncio
import os
import random
import threading
from collections.abc import Callable, Sequence

from streams.bus.base import Bus, Deliver, Signal

VARIABLE = "LOSSY_BUS"
HELD_FOR = 0.02
"""Seconds that a reordered signal waits for another to overtake it."""


class LossyBus:
    """Loses signals on their way out; repeats and reorders those that come in."""

    def __init__(
        self,
        inner: Bus,
        *,
        drop: float = 0,
        repeat: float = 0,
        reorder: float = 0,
        seed: int = 0,
        only: frozenset[str] = frozenset(),
    ) -> None:
        self.inner = inner
        self.only = only
        self.drop, self.repeat, self.reorder = drop, repeat, reorder
        self.dice = random.Random(seed)
        self.dropped = 0
        self._lock = threading.Lock()

    def publish(self, signals: Sequence[Signal]) -> int:
        with self._lock:
            kept = [signal for signal in signals if not self._may_lose(signal) or self.dice.random() >= self.drop]
            self.dropped += len(signals) - len(kept)
        return self.inner.publish(kept)

    def _may_lose(self, signal: Signal) -> bool:
        return not self.only or type(signal).__name__ in self.only

    async def listen(self, deliver: Deliver, restored: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()

        def garble(signals: Sequence[Signal]) -> None:
            kept: list[Signal] = []
            for signal in signals:
                for _ in range(2 if self.dice.random() < self.repeat else 1):
                    if self.dice.random() < self.reorder:
                        loop.call_later(self.dice.random() * HELD_FOR, deliver, [signal])
                    else:
                        kept.append(signal)
            deliver(kept)

        await self.inner.listen(garble, restored)

    async def close(self) -> None:
        await self.inner.close()

    @property
    def healthy(self) -> bool:
        return self.inner.healthy


def from_environment() -> LossyBus:
    """The built-in bus of this process, made as bad as LOSSY_BUS says."""
    from streams.bus import built_in_bus

    given = dict(part.split("=") for part in os.environ[VARIABLE].split(","))
    return LossyBus(
        built_in_bus(),
        drop=float(given.get("drop", 0)),
        repeat=float(given.get("repeat", 0)),
        reorder=float(given.get("reorder", 0)),
        seed=int(given.get("seed", 0)),
        only=frozenset(filter(None, given.get("only", "").split("+"))),
    )
