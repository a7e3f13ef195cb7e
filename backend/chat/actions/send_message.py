"""Send a message, once, however often it is sent.

A client that saw no answer sends again with the same `client_id`: after a crash, from a queue that was offline, or twice
at once. The pair's lock lets one of them write; the unique constraint catches what another pair's lock cannot see.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from accounts.people import Person
from accounts.selectors import active_member, has_blocked
from chat.cards import MessageCard
from chat.errors import BlockedByYou, MemberNotFound, ToOneself
from chat.models import Conversation, Message
from friends.pair import lock_pair
from notifications.events import Notification
from streams.record import Recorder, recording

EXCERPT = 140


class NewMessage(Notification, type="new_message", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the receiver, and to the sender's own devices: `message` is the conversation's newest.

    It joins the conversation's end, replaces `last_message` in the list, and is one more unread for its receiver.
    """

    in_inbox: ClassVar[bool] = False

    message: MessageCard

    def text(self) -> str:
        content = self.message.content
        shown = content if len(content) <= EXCERPT else content[: EXCERPT - 1] + "…"
        return f"{self.message.sender.username}: {shown}"

    def link(self) -> str:
        return f"/messages/{self.message.sender.username}"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        if user_id == self.message.sender.id:
            return None
        return {
            "id": self.message.id,
            "sender": self.message.sender.bare(),
            "content": self.message.content,
            "created_at": self.message.created_at.isoformat(),
        }

    def fetched_as(self) -> tuple[str, int] | None:
        return f"messages:{self.message.sender.id}", self.message.id

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        pablo = Person(id=9, username="pablo", first_name="Pablo", last_name="Reyes")
        card = MessageCard(
            id=5012, sender=maria, receiver=pablo, content="Are you coming tonight?",
            created_at=cls.example_time(), client_id="c-7f3a",
        )  # fmt: skip
        return cls(message=card)


@dataclass(frozen=True, slots=True)
class Sent:
    """The message, and whether this call wrote it: a repeat tells of the first and does nothing."""

    message: Message
    repeated: bool


def send_message(*, actor: User, receiver_id: int, content: str, client_id: str | None = None) -> Sent:
    """Write to somebody. With a `client_id` that the actor has used before, it is that message again.

    Somebody who has blocked the actor never learns of the message, and the actor never learns of the block.

    Raises:
        ToOneself: nobody writes to themselves.
        MemberNotFound: nobody has this id, or the account is closed.
        BlockedByYou: the actor has blocked them.
    """
    if receiver_id == actor.pk:
        raise ToOneself
    receiver = active_member(receiver_id)
    if receiver is None:
        raise MemberNotFound
    try:
        with recording() as log:
            lock_pair(actor.pk, receiver.pk)
            if known := _sent_before(actor, client_id):
                return Sent(known, repeated=True)
            if has_blocked(actor.pk, receiver.pk):
                raise BlockedByYou
            return Sent(_write(log, actor, receiver, content, client_id), repeated=False)
    except IntegrityError:  # the same client_id, at the same moment, to somebody else
        if known := _sent_before(actor, client_id):
            return Sent(known, repeated=True)
        raise


def _sent_before(actor: User, client_id: str | None) -> Message | None:
    if client_id is None:
        return None
    people = Message.objects.select_related("sender__profile", "receiver__profile")
    return people.filter(sender=actor, client_id=client_id).first()


def _write(log: Recorder, actor: User, receiver: User, content: str, client_id: str | None) -> Message:
    low, high = sorted((actor.pk, receiver.pk))
    message = Message.objects.create(
        sender=actor,
        receiver=receiver,
        low=low,
        high=high,
        content=content,
        client_id=client_id,
        withheld=has_blocked(receiver.pk, actor.pk),
        created_at=timezone.now(),
    )
    _advance(owner=actor, other=receiver, message=message, undelivered=not message.withheld)
    if not message.withheld:
        _advance(owner=receiver, other=actor, message=message, unread=1)
    event = NewMessage(message=MessageCard.of(message))
    log.add(actor if message.withheld else (actor, receiver), event)
    return message


def _advance(*, owner: User, other: User, message: Message, unread: int = 0, undelivered: bool = False) -> None:
    """Put a message on top of one side. The caller holds the pair's lock, so nobody else changes the row."""
    side = Conversation.objects.filter(owner=owner, other=other).first()
    if side is None:
        Conversation.objects.create(
            owner=owner, other=other, last_message=message, unread=unread, undelivered=undelivered
        )
        return
    side.last_message = message
    side.unread += unread
    side.undelivered = side.undelivered or undelivered
    side.save(update_fields=["last_message", "unread", "undelivered"])
