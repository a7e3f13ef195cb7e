"""A device of the receiver has the message: the engine's acknowledgements, told to the sender as a second tick.

Acknowledgements come all the time and mostly tell of other things. So what waits for one is marked on the sender's side of
the conversation, one look finds it for everybody who acknowledged, and where nothing waits nothing is written. How far the
receiver has got is read from the acknowledged entries themselves: message ids say nothing about the order in a stream.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import ClassVar, Self

import msgspec
from django.db.models import QuerySet

from accounts.selectors import block_between
from chat.actions.send_message import NewMessage
from chat.models import Conversation, Message
from friends.pair import lock_pair
from notifications.events import Notification
from streams.read import recent
from streams.record import recording


class MessagesDelivered(Notification, type="messages_delivered", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the sender: a device of `by` has the messages of `with` up to `up_to`."""

    silent: ClassVar[bool] = True

    by: int
    with_: int = msgspec.field(name="with")
    up_to: int

    def text(self) -> str:
        return "Your messages have arrived"

    def link(self) -> str:
        return "/messages"

    @classmethod
    def example(cls) -> Self:
        return cls(by=9, with_=3, up_to=5012)


class _Sender(msgspec.Struct):
    id: int


class _Card(msgspec.Struct):
    id: int
    sender: _Sender


class _Said(msgspec.Struct):
    message: _Card


_said = msgspec.json.Decoder(_Said).decode


def on_ack(acked: Sequence[tuple[int, int]]) -> None:
    """Some logins have applied their users' streams this far: (user id, seq)."""
    reached = {user_id: 0 for user_id, _ in acked}
    for user_id, seq in acked:
        reached[user_id] = max(seq, reached[user_id])
    waiting = Conversation.objects.filter(other_id__in=reached, undelivered=True).order_by("other_id", "owner_id")
    for receiver_id, sides in groupby(waiting, attrgetter("other_id")):
        _tell_senders(receiver_id, reached[receiver_id], list(sides))


def _tell_senders(receiver_id: int, seq: int, sides: Iterable[Conversation]) -> None:
    since: dict[int, datetime] = {}
    for side in sides:
        if (first := _missing(side).first()) is not None:
            since[side.owner_id] = first.created_at
        else:
            mark_delivered(sender_id=side.owner_id, receiver_id=receiver_id, up_to=side.delivered_up_to)
    if not since:
        return
    newest: dict[int, int] = {}
    for body in recent(receiver_id, NewMessage.wire_type, up_to=seq, since=min(since.values())):
        said = _said(body).message
        newest[said.sender.id] = max(said.id, newest.get(said.sender.id, 0))
    for sender_id in sorted(since.keys() & newest.keys()):
        mark_delivered(sender_id=sender_id, receiver_id=receiver_id, up_to=newest[sender_id])


def mark_delivered(*, sender_id: int, receiver_id: int, up_to: int) -> None:
    """The receiver has what the sender wrote up to a message. Nobody learns so across a block."""
    with recording() as log:
        lock_pair(sender_id, receiver_id)
        side = Conversation.objects.filter(owner_id=sender_id, other_id=receiver_id).first()
        if side is None:
            return
        blocked = block_between(receiver_id, sender_id)
        news = up_to > side.delivered_up_to and not blocked
        if news:
            side.delivered_up_to = up_to
        side.undelivered = not blocked and _missing(side).exists()
        side.save(update_fields=["delivered_up_to", "undelivered"])
        if news:
            log.add(sender_id, MessagesDelivered(by=receiver_id, with_=sender_id, up_to=up_to))


def _missing(side: Conversation) -> QuerySet[Message]:
    """What the owner wrote and no device of the other has, the oldest first."""
    low, high = sorted((side.owner_id, side.other_id))
    written = Message.objects.filter(low=low, high=high, sender_id=side.owner_id, withheld=False)
    return written.filter(pk__gt=side.delivered_up_to).order_by("pk")
