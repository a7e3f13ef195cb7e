"""What a login of an existing client has been sent, since those clients keep no cursor themselves."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from accounts.models import Device
from streams.cursor import Cursor

REACH_BACK = timedelta(minutes=10)


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
