"""Who asks, as the type it is. Views behind `IsAuthenticated` need not ask again."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from .models import Device, User


def actor_of(request: Request) -> User:
    """The signed-in member.

    Raises:
        NotAuthenticated: nobody is.
    """
    user = request.user
    if hasattr(user, "_wrapped"):  # Django's lazy object
        user = user._wrapped if isinstance(user._wrapped, User) else user
    if not isinstance(user, User):
        raise NotAuthenticated
    return user


def device_of(request: Request) -> Device | None:
    """The login that asks."""
    return request.auth if isinstance(request.auth, Device) else None
