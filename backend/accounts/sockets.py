"""`scope["user"]` for Channels consumers, by the same rule as everywhere: a session cookie counts while its device
exists.

The page's origin is checked first, because a browser sends the cookie along with any page's handshake.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.gateway import authenticate
from accounts.models import User
from streams.gateway.identity import Credential, Identity, Refusal
from streams.gateway.origin import origin_allowed, session_key_of
from streams.protocol import CloseCode

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def header(scope: Scope, name: bytes) -> str | None:
    """One header of a handshake, None when it is absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


class SessionCookieUser:
    """Middleware: refuses foreign origins, then sets `scope["user"]` and `scope["identity"]`."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if not origin_allowed(header(scope, b"origin"), header(scope, b"host")):
            await receive()
            await send({"type": "websocket.close", "code": int(CloseCode.FORBIDDEN)})
            return
        key = session_key_of(header(scope, b"cookie") or "", settings.SESSION_COOKIE_NAME)
        identity, user = await sync_to_async(_person, thread_sensitive=False)(key)
        await self._application({**scope, "user": user, "identity": identity}, receive, send)


def _person(session_key: str | None) -> tuple[Identity | Refusal, User | AnonymousUser]:
    (identity,) = authenticate([Credential(None, session_key)])
    if isinstance(identity, Refusal):
        return identity, AnonymousUser()
    return identity, User.objects.get(pk=identity.user_id)
