"""The inbox, what a person wants to be told, and what a login of an existing client has been sent."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import Device, User
from streams.cursor import Cursor

REACH_BACK = timedelta(minutes=10)


class InboxRow(models.Model):
    """What entries of one type about one target come to, for one person: "maria and 3 others liked your post".

    `first` and `last` are the numbers of the row's first and latest entry: the first names the row for as long as it lives,
    the latest orders it. `deed` is what follows the people in the sentence, `excerpt` the line under it. Rows change only
    under their stream's head lock.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="inbox", db_index=False)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    type = models.CharField(max_length=64)
    target = models.CharField(max_length=200)
    link = models.CharField(max_length=400)
    deed = models.TextField()
    excerpt = models.CharField(max_length=200, default="", db_default="")
    actors = models.JSONField(default=list)
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    seen = models.BooleanField(default=False)
    read = models.BooleanField(default=False)
    archived = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "first"], name="notifications_one_row")]
        indexes = [
            models.Index(fields=["user", "-last"], condition=models.Q(archived=False), name="notifications_inbox"),
            models.Index(fields=["user", "type", "target"], name="notifications_about"),
            models.Index(fields=["user"], condition=models.Q(read=False, archived=False), name="notifications_unread"),
            models.Index(fields=["user"], condition=models.Q(seen=False, archived=False), name="notifications_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.target} in the inbox of {self.user_id}"


class Wishes(models.Model):
    """What a person has decided about notifications. Nobody has a row who has decided nothing."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    channels = models.JSONField(default=dict)
    quiet_hours = models.JSONField(default=dict)
    muted_people = models.JSONField(default=list)
    muted_posts = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"wishes of {self.user_id}"


class Fetched(models.Model):
    """How far a login of an existing client has read something over REST: those clients drop nothing that comes twice."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=64)
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "what"], name="notifications_one_fetch")]

    def __str__(self) -> str:
        return f"device {self.device_id} has {self.what} up to {self.up_to}"

    @classmethod
    def note(cls, device: Device | None, what: str, up_to: int) -> None:
        """Remember it, for a login that uses the door for existing clients; others keep track themselves."""
        if device is not None and LoginCursor.objects.filter(pk=device.pk).exists():
            cls.objects.update_or_create(device=device, what=what, defaults={"up_to": up_to})

    @classmethod
    def by(cls, device_id: int) -> dict[str, int]:
        """What a login has read, and how far."""
        return dict(cls.objects.filter(device_id=device_id).values_list("what", "up_to"))


class LoginCursor(models.Model):
    """Where the door for existing clients left one login."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="+")
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"device {self.device_id} at {self.epoch}.{self.seq}"

    @classmethod
    def keep(cls, device_id: int, cursor: Cursor) -> None:
        """Remember how far this login has been served."""
        place = {"epoch": cursor.epoch, "seq": cursor.seq, "kept_at": timezone.now()}
        if Device.objects.filter(pk=device_id).exists():
            cls.objects.update_or_create(device_id=device_id, defaults=place)

    @classmethod
    def resumable(cls, device_id: int) -> Cursor | None:
        """From where to go on for this login, None when it was away for too long."""
        row: Self | None = cls.objects.filter(pk=device_id, kept_at__gte=timezone.now() - REACH_BACK).first()
        return None if row is None else Cursor(row.epoch, row.seq)
