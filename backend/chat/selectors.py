"""Read conversations. Each list is one query, whatever its length."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.selectors import active_member, block_between

from .models import Conversation, Message


def conversations_of(user: User) -> QuerySet[Conversation]:
    """A member's conversations, the newest message first, with everything that their list shows.

    The last message's two people are the owner and the other one: joining them again would double the query.
    """
    rows = Conversation.objects.filter(owner=user).select_related("other__profile", "last_message")
    return rows.order_by("-last_message_id")


def side_of(user: User, other_id: int) -> Conversation | None:
    """A member's side of one conversation."""
    return Conversation.objects.filter(owner=user, other_id=other_id).first()


def side_with(user: User, other_id: int) -> Conversation | None:
    """The same, with the other person and their picture."""
    return Conversation.objects.filter(owner=user, other_id=other_id).select_related("other__profile").first()


def messages_between(reader: User, other_id: int) -> QuerySet[Message]:
    """What `reader` sees of a conversation, the newest first, without the people: see `with_people`."""
    low, high = sorted((reader.pk, other_id))
    return Message.objects.filter(Q(withheld=False) | Q(sender=reader), low=low, high=high).order_by("-pk")


def with_people(messages: Iterable[Message], *people: User) -> None:
    """Give messages between these people their senders and receivers.

    Joined in the query, the people would be joined to the whole conversation before its newest hundred are taken.
    """
    by_id = {user.pk: user for user in people}
    for message in messages:
        message.sender = by_id[message.sender_id]
        message.receiver = by_id[message.receiver_id]


def may_write(from_user_id: int, to_user_id: int) -> bool:
    """Whether one person's typing may show on another's screen."""
    if from_user_id == to_user_id or block_between(from_user_id, to_user_id):
        return False
    return active_member(to_user_id) is not None
