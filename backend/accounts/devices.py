"""Begin and end devices, whichever door a login came through: the API, Django's own `login()`, the admin.

Everything hangs on the row. Deleting it, by whatever means (an action, the admin, a cascade), deletes the session that
it stood for and, once that has committed, closes the sockets of that login on every process.
"""

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from streams.endings import end_logins

from .models import Device, Profile, User

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

SEEN_EVERY = timedelta(minutes=5)


def begin_device(
    *, user: User, session_key: str | None, name: str, refresh_jti: str = "", lasts: timedelta | None = None
) -> Device:
    """A new login of `user`, for as long as a refresh token unless told otherwise. Those that ran out of time are cleared away."""
    for expired in user.devices.filter(expires_at__lte=timezone.now()):
        expired.delete()
    return Device.objects.create(
        user=user,
        session_key=session_key,
        refresh_jti=refresh_jti,
        name=name,
        expires_at=timezone.now() + (lasts or settings.REFRESH_TOKEN_LIFETIME),
    )


def end_devices(user: User) -> None:
    """End every login of `user`."""
    for device in user.devices.all():
        device.delete()


def note_seen(device: Device) -> None:
    """Remember that the device was here, at most once in five minutes, so that reading stays reading."""
    now = timezone.now()
    if now - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        device.last_seen_at = now


def name_of(request: HttpRequest) -> str:
    """What to call the device in a list: its browser and system, or what it says it is."""
    agent = request.headers.get("User-Agent", "")
    browser = next((shown for sign, shown in _BROWSERS if sign in agent), "")
    system = next((shown for sign, shown in _SYSTEMS if sign in agent), "")
    named = " on ".join(part for part in (browser, system) if part) or agent.split(" ", 1)[0]
    return "".join(letter for letter in named if letter.isprintable())[:120] or "Unknown device"


_BROWSERS = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
_SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


@receiver(user_logged_in)
def _on_login(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    session: SessionBase = request.session
    if session.session_key is None:
        session.create()  # a flushed session has no key until it is saved, and the device needs it now
    _let_go_of_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), session.session_key)
    request.device = begin_device(user=user, session_key=session.session_key, name=name_of(request))  # type: ignore[attr-defined]


@receiver(user_logged_out)
def _on_logout(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    if key := request.session.session_key:
        for device in Device.objects.filter(session_key=key):
            device.delete()


def _let_go_of_cookie(presented: str, issued: str | None) -> None:
    """The key that the browser came with is dead after a login. A login that has tokens too lives on by them."""
    if not presented or presented == issued or not presented.isalnum():
        return
    for device in Device.objects.filter(session_key=presented):
        if device.refresh_jti:
            Device.objects.filter(pk=device.pk).update(session_key=None)
        else:
            device.delete()


@receiver(post_delete, sender=Device)
def _on_device_gone(sender: Any, instance: Device, **kwargs: Any) -> None:
    if instance.session_key:
        import_module(settings.SESSION_ENGINE).SessionStore().delete(instance.session_key)
    end_logins(user_id=instance.user_id, login_ids=[instance.pk])


@receiver(pre_save, sender=User)
def _before_user_saved(sender: Any, instance: User, update_fields: Any = None, **kwargs: Any) -> None:
    instance._must_sign_in_again = False  # type: ignore[attr-defined]
    if instance._state.adding or (update_fields and not {"password", "is_active"}.intersection(update_fields)):
        return
    before = User.objects.filter(pk=instance.pk).values("password", "is_active").first()
    if before is None:
        return
    # A hash that Django has upgraded is not a new password: it clears `_password`.
    chosen = getattr(instance, "_password", None) is not None or not instance.has_usable_password()
    changed = before["password"] != instance.password
    instance._must_sign_in_again = (changed and chosen) or (before["is_active"] and not instance.is_active)  # type: ignore[attr-defined]
    if changed and not chosen:
        _carry_over_sessions(instance, User(password=before["password"]))


def _carry_over_sessions(user: User, before: User) -> None:
    """A session vouches for the password by its hash: the sessions of the old hash learn the upgraded one."""
    known = (before.get_session_auth_hash(), *before.get_session_auth_fallback_hash())
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in user.devices.exclude(session_key=None).values_list("session_key", flat=True):
        session: SessionBase = store(key)
        if session.get(HASH_SESSION_KEY) in known:
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.save()


@receiver(post_save, sender=User)
def _after_user_saved(sender: Any, instance: User, created: bool = False, **kwargs: Any) -> None:
    if created and not kwargs.get("raw"):
        Profile.objects.get_or_create(user=instance)
    if getattr(instance, "_must_sign_in_again", False):
        end_devices(instance)
