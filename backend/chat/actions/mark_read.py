"""Read somebody's messages, up to one of them. The mark only rises: an old device that says less takes nothing back."""

from typing import ClassVar, Self

import msgspec
from django.db.models import QuerySet
from django.db.models.functions import Greatest

from accounts.models import User
from accounts.people import Person
from accounts.selectors import block_between
from chat.errors import MessageNotFound
from chat.models import Conversation, Message
from friends.pair import lock_pair
from notifications.events import Notification
from streams.record import recording


class MessagesRead(Notification, type="messages_read", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To both sides: `by` has read the messages of `with` up to `up_to`, and has `unread` of them left.

    With a block between them, to the reader alone.
    """

    silent: ClassVar[bool] = True

    by: int
    with_: int = msgspec.field(name="with")
    up_to: int
    unread: int = 0
    reader: Person

    def text(self) -> str:
        return f"{self.reader.username} has read the messages"

    def link(self) -> str:
        return f"/messages/{self.reader.username}"

    @classmethod
    def example(cls) -> Self:
        return cls(
            by=9, with_=3, up_to=5012, reader=Person(id=9, username="pablo", first_name="Pablo", last_name="Reyes")
        )


def mark_conversation_read(*, actor: User, other_id: int, up_to: int | None = None) -> int:
    """Read what somebody wrote to the actor, up to a message or all of it; how many became read.

    With nothing to read, or nobody of that id, that is 0.
    """
    if not Conversation.objects.filter(owner=actor, other_id=other_id, unread__gt=0).exists():
        return 0
    with recording() as log:
        lock_pair(actor.pk, other_id)
        side = Conversation.objects.select_related("last_message").get(owner=actor, other_id=other_id)
        waiting = _waiting(actor, other_id).filter(pk__gt=side.read_up_to)
        up_to = side.last_message_id if up_to is None else min(up_to, side.last_message_id)
        left = waiting.filter(pk__gt=up_to).count()
        newly = side.unread - left
        if newly <= 0 or up_to <= side.read_up_to:
            return 0
        side.unread, side.read_up_to = left, up_to
        side.save(update_fields=["unread", "read_up_to"])
        event = MessagesRead(by=actor.pk, with_=other_id, up_to=up_to, unread=left, reader=Person.of(actor))
        if block_between(actor.pk, other_id):
            log.add(actor, event)
            return newly
        theirs = Conversation.objects.filter(owner_id=other_id, other=actor)
        got = {"delivered_up_to": Greatest("delivered_up_to", up_to)} | ({} if left else {"undelivered": False})
        theirs.update(seen_up_to=up_to, **got)
        log.add((actor.pk, other_id), event)
        return newly


def mark_read(*, actor: User, message_id: int) -> Message:
    """Read one message, and with it what came before it; the message.

    Raises:
        MessageNotFound: there is none with this id that was written to the actor.
    """
    message = (
        Message.objects.select_related("sender__profile", "receiver__profile")
        .filter(pk=message_id, receiver=actor, withheld=False)
        .first()
    )
    if message is None:
        raise MessageNotFound
    mark_conversation_read(actor=actor, other_id=message.sender_id, up_to=message.pk)
    return message


def _waiting(actor: User, other_id: int) -> QuerySet[Message]:
    low, high = sorted((actor.pk, other_id))
    return Message.objects.filter(low=low, high=high, receiver=actor, withheld=False)
