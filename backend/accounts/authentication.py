"""How a REST request says who it is: a bearer token, or the session cookie with CSRF protection.

A token that is missing, bad, expired or of an ended login is exactly 401 with `WWW-Authenticate`, because that is what
makes clients refresh; a request that shows a bad token is never let in by its cookie instead.
"""

import time
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import authentication
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from . import tokens
from .devices import note_seen
from .models import Device, User


class TokenRefused(AuthenticationFailed):
    """Token is invalid or expired"""

    default_detail = "Your access token is invalid or has expired."
    default_code = "token_not_valid"


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <access token>`. `request.auth` is the device."""

    def authenticate(self, request: Request) -> tuple[User, Device] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefused("Authorization must be `Bearer <access token>`.")
        device = device_of_token(token.strip())
        if device is None:
            raise TokenRefused
        note_seen(device)
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session cookie; writing asks for the CSRF token too. `request.auth` is the device."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        signed_in = super().authenticate(request)
        return None if signed_in is None else (signed_in[0], getattr(request._request, "device", None))

    def enforce_csrf(self, request: Request) -> None:
        """Judge the request that Django received: reading the form of REST framework's would parse the body first."""
        check = CSRFCheck(lambda _: HttpResponse())
        check.process_request(request._request)
        if (refused := check.process_view(request._request, lambda *_: HttpResponse(), (), {})) is not None:
            raise CSRFMissing(str(refused))


class CSRFMissing(PermissionDenied):
    """The CSRF token is missing or wrong."""

    default_detail = "The CSRF token is missing or wrong. Load the page again."
    default_code = "csrf_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{self.default_detail} ({reason})")


def device_of_token(token: str) -> Device | None:
    """The living device of a good access token, with its member and their profile; one query."""
    try:
        claims = tokens.read(token, "access", now=time.time())
    except tokens.TokenError:
        return None
    return (
        Device.objects.select_related("user__profile")
        .filter(pk=claims.device, user_id=claims.user_id, user__is_active=True, expires_at__gt=timezone.now())
        .first()
    )
