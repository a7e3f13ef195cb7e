"""The shapes of messages over REST."""

from typing import Any

from rest_framework import serializers

from accounts.converters import BIGGEST
from accounts.fields import TextField
from accounts.models import User
from accounts.people import Person
from accounts.serializers import CardAnswer

from .models import Conversation, Message
from .selectors import with_people

MOST_CONTENT = 4_000
_moment = serializers.DateTimeField().to_representation


class MessageForm(serializers.Serializer[Any]):
    receiver_id = serializers.IntegerField(min_value=0, max_value=BIGGEST)
    content = TextField(max_length=MOST_CONTENT)
    client_id = TextField(max_length=100, required=False, allow_null=True, default=None)


class ReadForm(serializers.Serializer[Any]):
    up_to = serializers.IntegerField(min_value=0, max_value=BIGGEST, required=False, allow_null=True, default=None)


class MessageAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    sender = CardAnswer()
    receiver = CardAnswer()
    content = serializers.CharField()
    is_read = serializers.BooleanField()
    is_delivered = serializers.BooleanField(help_text="A device of the receiver has it.")
    created_at = serializers.DateTimeField()
    client_id = serializers.CharField(allow_null=True)


class ConversationAnswer(serializers.Serializer[Any]):
    user = CardAnswer()
    last_message = MessageAnswer()
    unread_count = serializers.IntegerField()
    read_up_to = serializers.IntegerField(help_text="The newest message that you have read.")
    seen_up_to = serializers.IntegerField(help_text="The newest of your messages that they have read.")


class MarkedAnswer(serializers.Serializer[Any]):
    marked_read = serializers.IntegerField()


def message(row: Message, *, side: Conversation | None) -> dict[str, Any]:
    """A message as the owner of this side of the conversation sees it."""
    read = got = 0
    if side is not None:
        own = row.sender_id == side.owner_id
        read = side.seen_up_to if own else side.read_up_to
        got = side.delivered_up_to if own else row.pk
    return {
        "id": row.pk,
        "sender": Person.of(row.sender).card(),
        "receiver": Person.of(row.receiver).card(),
        "content": row.content,
        "is_read": row.pk <= read,
        "is_delivered": row.pk <= max(read, got),
        "created_at": _moment(row.created_at),
        "client_id": row.client_id,
    }


def conversation(side: Conversation, *, owner: User) -> dict[str, Any]:
    """A row of the list."""
    with_people([side.last_message], owner, side.other)
    return {
        "user": Person.of(side.other).card(),
        "last_message": message(side.last_message, side=side),
        "unread_count": side.unread,
        "read_up_to": side.read_up_to,
        "seen_up_to": side.seen_up_to,
    }
