"""The bus inside one process: the embedded profile's, not a mock.

Views publish from threads, doors listen on an event loop; a signal crosses by `call_soon_threadsafe`, which keeps order.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from .base import Deliver, Signal


class MemoryBus:
    """Signals to the listeners of this process."""

    def __init__(self) -> None:
        self._listeners: tuple[tuple[asyncio.AbstractEventLoop, Deliver], ...] = ()

    def publish(self, signals: Sequence[Signal]) -> int:
        for loop, deliver in self._listeners:
            # A loop that closes at this very moment says so by raising; whoever listened there is gone.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(deliver, tuple(signals))
        return 0

    async def listen(self, deliver: Deliver, restored: Callable[[], None]) -> None:
        self._listeners += ((asyncio.get_running_loop(), deliver),)

    async def close(self) -> None:
        loop = asyncio.get_running_loop()
        self._listeners = tuple(one for one in self._listeners if one[0] is not loop)

    @property
    def healthy(self) -> bool:
        return True
