"""Memory is given back once a crowd has gone, not while it is going, and not for a few."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.gateway import heap
from streams.gateway.heap import MANY, Heap


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each giving back."""
    times: list[int] = []
    monkeypatch.setattr(heap, "give_back", lambda: times.append(1))
    return times


def watched() -> tuple[Heap, Any]:
    async def in_thread(work: Any) -> Any:
        return work()

    hub: Any = SimpleNamespace(left=0, in_thread=in_thread)
    return Heap(hub), hub


async def test_memory_is_given_back_once_when_a_crowd_has_gone(given: list[int]) -> None:
    kept, hub = watched()
    for left in (MANY, 2 * MANY, 2 * MANY, 2 * MANY, 2 * MANY + 1, 2 * MANY + 1):
        hub.left = left
        await kept.round(0.0)
    assert given == [1]
    hub.left = 3 * MANY
    await kept.round(0.0)
    assert given == [1]
    await kept.round(0.0)
    assert given == [1, 1]


async def test_a_few_are_not_worth_it(given: list[int]) -> None:
    kept, hub = watched()
    hub.left = MANY - 1
    for _ in range(3):
        await kept.round(0.0)
    assert given == []


def test_a_library_that_cannot_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(heap.give_back(), bool)
    monkeypatch.setattr(heap, "_library", object)
    assert heap.give_back() is False
