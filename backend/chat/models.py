"""Messages, and for each of two people their own side of the conversation.

A list of conversations must be one query whatever its size, and what two people see of the same conversation differs: one
has read further, and a message to somebody who has blocked its sender stands on the sender's side only. So a conversation
is two rows, each with its owner's newest message and counts, kept in the transaction that changes them.

Whether a message is read is not written on it: reading moves one mark, however many messages that reads.
"""

from django.db import models
from django.utils import timezone

from accounts.models import User


class Message(models.Model):
    """What `sender` wrote to `receiver`. `low` and `high` are the two people's ids in order, for one index both ways.

    `withheld`: the receiver had blocked the sender, who cannot tell; the receiver never sees it.
    """

    sender = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages_sent", db_index=False)
    receiver = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages_received")
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    content = models.TextField(max_length=4000)
    client_id = models.CharField(max_length=100, null=True, blank=True)  # noqa: DJ001 (null: many may have none)
    withheld = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "client_id"], name="chat_sent_once")]
        indexes = [models.Index(fields=["low", "high", "-id"], name="chat_history")]

    def __str__(self) -> str:
        return f"message {self.pk} from {self.sender_id} to {self.receiver_id}"


class Conversation(models.Model):
    """`owner`'s side of the conversation with `other`.

    `read_up_to` is the newest message that the owner has read, `seen_up_to` the newest of the owner's that the other has
    read, `delivered_up_to` the newest of them that a device of the other has got: message ids, which only rise.
    `undelivered`: there are some that no device has said to have, so an acknowledgement is worth a look.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="conversations", db_index=False)
    other = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    last_message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    unread = models.PositiveIntegerField(default=0)
    read_up_to = models.BigIntegerField(default=0)
    seen_up_to = models.BigIntegerField(default=0)
    delivered_up_to = models.BigIntegerField(default=0, db_default=0)
    undelivered = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "other"], name="chat_one_side")]
        indexes = [
            models.Index(fields=["owner", "-last_message"], name="chat_newest_first"),
            models.Index(fields=["other"], condition=models.Q(undelivered=True), name="chat_undelivered"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}'s conversation with {self.other_id}"
