"""Ephemeral topics that clients may watch, and who decides.

    @topic("post")
    def may_watch(user_id: int, ids: list[str]) -> set[str]: ...

`watch` for `post:12` asks the function registered for "post" which of the ids this user may see; it runs in a thread and may
use the database. What is published for a topic reaches its watchers coalesced: the latest frame wins, a few a second.
"""

import re
from collections.abc import Callable, Iterable

MayWatch = Callable[[int, list[str]], set[str]]
_registry: dict[str, MayWatch] = {}
_TOPIC = re.compile(r"([a-z_]{1,32}):([A-Za-z0-9_-]{1,64})", re.ASCII)


def topic(kind: str) -> Callable[[MayWatch], MayWatch]:
    """Register who may watch topics of a kind."""

    def register(may_watch: MayWatch) -> MayWatch:
        _registry[kind] = may_watch
        return may_watch

    return register


def watchable(user_id: int, topics: Iterable[str]) -> set[str]:
    """Those of the topics that exist for this user; one that is not theirs looks like one that is not there."""
    asked: dict[str, list[str]] = {}
    for name in topics:
        match = _TOPIC.fullmatch(name)
        if match is not None and match[1] in _registry:
            asked.setdefault(match[1], []).append(match[2])
    return {f"{kind}:{one}" for kind, ids in asked.items() for one in _registry[kind](user_id, ids) if one in ids}
