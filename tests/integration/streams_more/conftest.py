"""A hub inside this process, people with streams, and a client of the events door whose reading a test controls."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from streams.gateway.hub import Hub


@pytest.fixture
async def hub(transactional_db: None) -> "AsyncIterator[Hub]":
    """The hub of this test's event loop."""
    from streams.gateway.hub import current_hub, forget_hub

    made = await current_hub()
    yield made
    for connections in list(made.by_user.values()):
        for connection in tuple(connections):
            connection.close(1012, "the test is over")
    await made.stop()
    forget_hub(made)
