"""End one's own logins. The row is all there is to end; session, tokens and sockets follow it (`devices.py`)."""

from collections.abc import Iterable

from accounts.models import Device, User
from accounts.problems import NotFound


class DeviceNotFound(NotFound):
    """There is no such device."""


def end_device(*, actor: User, device_id: int) -> None:
    """End one of the actor's logins.

    Raises:
        DeviceNotFound: there is none with this id, or it is somebody else's.
    """
    device = Device.objects.filter(pk=device_id, user=actor).first()
    if device is None:
        raise DeviceNotFound
    device.delete()


def sign_out(devices: Iterable[Device]) -> None:
    """End these logins; those that are gone already stay gone."""
    for device_id in {device.pk for device in devices}:
        Device.objects.filter(pk=device_id).delete()
