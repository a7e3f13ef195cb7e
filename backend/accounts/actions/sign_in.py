"""Sign in: one device, with a session cookie for browsers and a pair of tokens for everybody else."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import authenticate, login
from django.db import transaction
from django.http import HttpRequest

from accounts import tokens
from accounts.devices import begin_device
from accounts.models import Device, User
from accounts.problems import Problem


class WrongCredentials(Problem):
    """No active account found with the given credentials"""

    status = 401
    code = "no_active_account"


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token and the refresh token that renews it."""

    access: str
    refresh: str


def sign_in(request: HttpRequest, *, email: str, password: str) -> Pair:
    """Begin a device for whoever has this address and password.

    Raises:
        WrongCredentials: in the same words whether the address, the password or the account is at fault.
    """
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise WrongCredentials
    with transaction.atomic():
        login(request, user)
        device: Device = request.device  # type: ignore[attr-defined]
        return pair_for(device)


def sign_in_by_tokens(user: User, *, name: str, lasts: timedelta | None = None) -> Pair:
    """Begin a device without a cookie."""
    with transaction.atomic():
        return pair_for(begin_device(user=user, session_key=None, name=name, lasts=lasts))


def pair_for(device: Device) -> Pair:
    """The first pair of tokens of a device, or the next one: the refresh token before it is good no longer."""
    now = time.time()
    device.refresh_jti = tokens.new_jti()
    device.save(update_fields=["refresh_jti", "expires_at"])
    return Pair(
        access=tokens.mint("access", user_id=device.user_id, device_id=device.pk, now=now),
        refresh=tokens.mint("refresh", user_id=device.user_id, device_id=device.pk, now=now, jti=device.refresh_jti),
    )
