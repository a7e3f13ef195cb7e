"""The session cookie's member, read together with the device that the cookie stands for: one query instead of Django's
one.

A session without a living device is nobody's: a login that was ended elsewhere is over here at once, in the API, in the
admin and wherever else `request.user` is asked for.
"""

from functools import partial

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from .devices import note_seen
from .models import Device, User


class DeviceMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, and `request.device` once the user has been asked for."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(partial(member_of, request))  # type: ignore[assignment]
        request.auser = sync_to_async(partial(member_of, request))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Django gives a session a new key now and then; its device goes with it."""
        device: Device | None = getattr(request, "device", None)
        key = request.session.session_key
        if device is not None and device.session_key and key and key != device.session_key:
            Device.objects.filter(pk=device.pk, session_key=device.session_key).update(session_key=key)
        return response


def member_of(request: HttpRequest) -> User | AnonymousUser:
    """The member whose living device this request's session belongs to."""
    if not hasattr(request, "_member"):
        device = device_of_session(request)
        request.device = device  # type: ignore[attr-defined]
        request._member = device.user if device else AnonymousUser()  # type: ignore[attr-defined]
    member: User | AnonymousUser = request._member  # type: ignore[attr-defined]
    return member


def device_of_session(request: HttpRequest) -> Device | None:
    """The device that the session cookie stands for, if it lives and its member may sign in."""
    session = request.session
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return None
    device = (
        Device.objects.select_related("user__profile")
        .filter(session_key=session.session_key, user__is_active=True, expires_at__gt=timezone.now())
        .first()
    )
    if device is None or str(device.user_id) != user_id:
        return None
    presented = session.get(HASH_SESSION_KEY, "")
    hashes = (device.user.get_session_auth_hash(), *device.user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(presented, one) for one in hashes):
        return None
    note_seen(device)
    return device
