"""Friendships and the requests that lead to them.

Both tables hold at most one row for two people, whichever way round: the unordered pair is unique in the database, so
two crossing requests cannot both exist, whatever the timing.
"""

from typing import Self

from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from accounts.models import User


class FriendRequest(models.Model):
    """`from_user` has asked `to_user`. Accepted, declined or cancelled, the row goes.

    A request from somebody whom the one asked blocks is silenced instead: it stays in its sender's list as if nothing had
    happened, and the one asked never sees it. Lifting the block leaves it unanswered, until its sender asks again.
    """

    class State(models.TextChoices):
        OPEN = "open"
        UNANSWERED = "unanswered"
        SILENCED = "silenced"

    from_user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="requests_sent")
    to_user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="requests_received")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Least("from_user", "to_user"), Greatest("from_user", "to_user"), name="friends_one_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_user_id} asks {self.to_user_id}"


class Friendship(models.Model):
    """Two friends, the smaller id first. `accepted_request` answers a repeated accept with the same words."""

    low = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    accepted_request = models.BigIntegerField(null=True, blank=True, db_index=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="friends_one_friendship"),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="friends_low_first"),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}"

    @classmethod
    def between(cls, one: User, other: User) -> Self:
        """An unsaved friendship of two people, in the order the table wants."""
        low, high = sorted((one, other), key=lambda user: user.pk)
        return cls(low=low, high=high)

    def other(self, user_id: int) -> User:
        """The friend of the one with this id."""
        return self.high if self.low_id == user_id else self.low
