"""Read conversations. Each list is one query, whatever its length."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.selectors import active_member, block_between

from .models import Conversation, Message


def conversations_of(user: User) -> QuerySet[Conversation]:
    """A member's conversations, the newest message first, with everything that their list shows."""
    return (
        Conversation.objects.filter(owner=user)
        .select_related("other__profile", "last_message__sender__profile", "last_message__receiver__profile")
        .order_by("-last_message_id")
    )


def side_of(user: User, other_id: int) -> Conversation | None:
    """A member's side of one conversation."""
    return Conversation.objects.filter(owner=user, other_id=other_id).first()


def messages_between(reader: User, other_id: int) -> QuerySet[Message]:
    """What `reader` sees of a conversation, the newest first."""
    low, high = sorted((reader.pk, other_id))
    return (
        Message.objects.filter(Q(withheld=False) | Q(sender=reader), low=low, high=high)
        .select_related("sender__profile", "receiver__profile")
        .order_by("-pk")
    )


def may_write(from_user_id: int, to_user_id: int) -> bool:
    """Whether one person's typing may show on another's screen."""
    if from_user_id == to_user_id or block_between(from_user_id, to_user_id):
        return False
    return active_member(to_user_id) is not None
