"""Wait on the event loop for a condition; the blocking form is `processes.await_condition`."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], *, within: float = 8) -> None:
    """Return as soon as `condition()` is true; raise TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 (whatever makes it true knows nothing of an Event)
            await asyncio.sleep(0.005)
