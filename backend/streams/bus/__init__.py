"""The bus in force, and what the rest of the project may say on it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import cast

from django.utils.module_loading import import_string

from streams.conf import conf

from .base import Bus, Ended, Hint, Signal, Whisper
from .memory import MemoryBus

__all__ = [
    "Bus",
    "Ended",
    "Hint",
    "Signal",
    "Whisper",
    "built_in_bus",
    "current_bus",
    "publish_ended",
    "publish_whisper",
]

REVOKED = 4004
WATCH_AGAIN = 0
"""In the place of a close code: no login has ended, but what the user may watch has changed."""


@cache
def current_bus() -> Bus:
    """The bus of this process: what `STREAMS["BUS"]` makes, else the built-in one."""
    made_by = conf().BUS
    return cast("Bus", import_string(made_by)()) if made_by else built_in_bus()


def built_in_bus() -> Bus:
    """Redis when `STREAMS["REDIS_URL"]` is set, else memory."""
    url = conf().REDIS_URL
    if not url:
        return MemoryBus()
    from .redis import RedisBus

    return RedisBus(url=url, prefix=conf().REDIS_PREFIX, buckets=conf().BUCKETS, timeout=conf().PUBLISH_TIMEOUT)


def publish_ended(*, user_id: int, login_ids: Sequence[int] | None = None, code: int = REVOKED) -> None:
    """Close the connections of ended logins on every process. Call it after the commit that ended them.

    Args:
        user_id: whose.
        login_ids: which of them; None for all.
        code: the close code the sockets get.
    """
    current_bus().publish([Ended(user_id, None if login_ids is None else list(login_ids), code)])


def publish_whisper(frame: bytes, *, user_ids: Iterable[int] = (), topic: str = "") -> None:
    """Send an ephemeral frame to users, or to whoever watches a topic. Nothing is kept, nothing is promised."""
    current_bus().publish([Whisper(list(user_ids), topic, frame)])
