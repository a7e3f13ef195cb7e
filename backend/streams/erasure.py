"""Forget a person: what other people's streams carry of them becomes an empty place with the same number.

Removing the rows would leave holes, and a hole is the one thing that a client takes for loss. So an entry becomes `redacted` in
place: every cursor stays good, every copy read from now on is empty.

Entries of somebody who is being written about at this very moment may commit after a first pass has looked. So there are two:
one just after the account has gone, one when every transaction that could have known it is over.

May import: endings, jobs, models, events, presence.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from .conf import conf
from .endings import SETTLED, end_logins
from .events import UnknownEventType, decode_body, redacted_body
from .jobs import add_jobs, job
from .metrics import REDACTED
from .models import Entry, Mention
from .presence import PresenceAway, current_presence

log = logging.getLogger("streams.erasure")

BATCH = 500
REDACT = "streams.redact"

OnRedact = Callable[[int, list[int]], None]


@cache
def _on_redact() -> OnRedact | None:
    return import_string(conf().ON_REDACT) if conf().ON_REDACT else None


def erase(*, user_id: int) -> None:
    """End a user's connections and have their data redacted. Call it in the transaction that deletes the account."""
    end_logins(user_id=user_id)
    add_jobs([(REDACT, {"user_id": user_id}, 0.0), (REDACT, {"user_id": user_id}, SETTLED)])
    transaction.on_commit(lambda: _leave(user_id), robust=True)


def _leave(user_id: int) -> None:
    try:
        current_presence().forget(user_id)
    except PresenceAway:
        log.info("presence_left_to_its_lease", extra={"user": user_id})


@job(REDACT)
def redact_once_more(*, user_id: int) -> None:
    """A pass of redaction."""
    REDACTED.inc(redact(user_id=user_id))


def redact(*, user_id: int) -> int:
    """Redact every entry that carries data of this user; the number of them. Safe to run again."""
    redacted = 0
    while batch := list(Entry.objects.filter(about_id=user_id).order_by("pk")[:BATCH]):
        redacted += _redact(user_id, batch)
    for stream_id in Mention.objects.filter(person_id=user_id).values_list("stream_id", flat=True):
        redacted += _redact_in(user_id, stream_id)
    Mention.objects.filter(person_id=user_id).delete()
    return redacted


def _redact_in(user_id: int, stream_id: int) -> int:
    """Look through one stream for entries that carry this user beside the one they name."""
    redacted, after = 0, 0
    while batch := list(Entry.objects.filter(stream_id=stream_id, pk__gt=after).order_by("pk")[:BATCH]):
        after = batch[-1].pk
        found = [one for one in batch if one.type != "redacted" and _carries(one.body, user_id)]
        if found:
            redacted += _redact(user_id, found)
    return redacted


def _carries(body: str, user_id: int) -> bool:
    """Whether an entry has a member that is this user. One of a release that is gone is looked through by shape."""
    try:
        return user_id in decode_body(body).subjects()
    except (UnknownEventType, msgspec.ValidationError):
        return _names(msgspec.json.decode(body), user_id)


def _names(value: Any, user_id: int) -> bool:
    if isinstance(value, dict):
        is_person = "username" in value and value.get("id") == user_id
        return is_person or any(_names(member, user_id) for member in value.values())
    return isinstance(value, list) and any(_names(member, user_id) for member in value)


def _redact(user_id: int, entries: Sequence[Entry]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE streams_entry SET type = 'redacted', body = %s, about_id = NULL WHERE id = %s",
            [(redacted_body(_moment(one.created_at)).decode(), one.pk) for one in entries],
        )
        on_redact = _on_redact()
        if on_redact is not None:
            on_redact(user_id, sorted({one.stream_id for one in entries}))
    return len(entries)


def _moment(at: datetime | None) -> datetime:
    return (at or timezone.now()).astimezone(UTC)
