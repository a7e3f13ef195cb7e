"""Renew an access token.

Clients exist that never store a new refresh token, so one is good until its device ends, and changes only when asked.
Once it has changed, whoever shows the old one has stolen it, or had it stolen: the device ends, with every token of it.
"""

import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.models import Device
from accounts.problems import Problem

from .sign_in import Pair, pair_for


class RefreshRefused(Problem):
    """Token is invalid or expired"""

    status = 401
    code = "token_not_valid"


def refresh_tokens(*, refresh: str, rotate: bool) -> Pair:
    """A new access token, with the same refresh token or, to `rotate`, a new one.

    Raises:
        RefreshRefused: the token is not ours, has expired, was used up by a rotation, or its device has ended.
    """
    claims = _claims(refresh)
    with transaction.atomic():
        device = _device(claims)
        if device is not None and device.refresh_jti != claims.jti:
            device.delete()
            device = None
        elif device is not None and rotate:
            device.expires_at = timezone.now() + settings.REFRESH_TOKEN_LIFETIME
            return pair_for(device)
    if device is None:
        raise RefreshRefused
    access = tokens.mint("access", user_id=device.user_id, device_id=device.pk, now=time.time())
    return Pair(access=access, refresh=refresh)


def device_of_refresh(refresh: str) -> Device | None:
    """The living device that a refresh token belongs to."""
    try:
        return _device(_claims(refresh))
    except RefreshRefused:
        return None


def _claims(refresh: str) -> tokens.Claims:
    try:
        return tokens.read(refresh, "refresh", now=time.time())
    except tokens.TokenError:
        raise RefreshRefused from None


def _device(claims: tokens.Claims) -> Device | None:
    """Locked, where there is a transaction: two rotations of one token must not both succeed."""
    devices = Device.objects.filter(pk=claims.device, user_id=claims.user_id, user__is_active=True)
    if transaction.get_connection().in_atomic_block:
        devices = devices.select_for_update(of=("self",))
    return devices.filter(expires_at__gt=timezone.now()).first()
