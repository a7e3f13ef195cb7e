"""A message as it stands in events and in answers: the same members in both, so that one becomes the other."""

from datetime import datetime

import msgspec

from accounts.people import Person

from .models import Message


class MessageCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message that has just been sent; whether it is read is told by `messages_read`."""

    id: int
    sender: Person
    receiver: Person
    content: str
    created_at: datetime
    client_id: str | None = None

    @classmethod
    def of(cls, message: Message) -> "MessageCard":
        """The card of a message whose people and pictures came along."""
        return cls(
            id=message.pk,
            sender=Person.of(message.sender),
            receiver=Person.of(message.receiver),
            content=message.content,
            created_at=message.created_at,
            client_id=message.client_id,
        )
