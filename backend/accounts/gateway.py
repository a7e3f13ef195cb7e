"""Let clients of the gateway in: everybody who connected in the same few milliseconds, with one query.

Tokens are judged by their signature first; what is left names devices, by id or by the session cookie's key, and those
are read together with whether their members are still active. A device that is gone, or whose member is, is refused.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from streams.gateway.identity import Credential, Identity, Refusal
from streams.rows import among, fetch, many

from . import tokens
from .models import Device

NOT_AUTHENTICATED = 4001
_SESSION_KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)

_no_credentials = Refusal(NOT_AUTHENTICATED, "Sign in first.")
_bad_token = Refusal(NOT_AUTHENTICATED, "The token is invalid.")
_expired_token = Refusal(NOT_AUTHENTICATED, "The token has expired.")
_ended = Refusal(NOT_AUTHENTICATED, "This login has ended.")


@dataclass(frozen=True, slots=True)
class _ByToken:
    device_id: int
    user_id: int
    expires_at: float | None
    """None: as long as the device."""


@dataclass(frozen=True, slots=True)
class _ByCookie:
    session_key: str


_Claim = _ByToken | _ByCookie | Refusal


def authenticate(credentials: Sequence[Credential]) -> list[Identity | Refusal]:
    """Who these clients are, in their order. A token ends with its own expiry, a cookie with its device's."""
    now = time.time()
    return _identities([_claim(one, now, outlive=False) for one in credentials], now)


def authenticate_login(credentials: Sequence[Credential]) -> list[Identity | Refusal]:
    """Like `authenticate`, for clients that come back with the token of their last page load, however old.

    The token need only be ours and its device alive; the identity lasts as long as the device.
    """
    now = time.time()
    return _identities([_claim(one, now, outlive=True) for one in credentials], now)


def ended_among(login_ids: Sequence[int]) -> set[int]:
    """Which of these logins are over: the device is gone or out of time, or its account is closed. One query.

    For whoever holds connections, to find out what a lost word on the bus would have told.
    """
    alive = Device.objects.filter(pk__in=login_ids, user__is_active=True, expires_at__gt=timezone.now())
    return set(login_ids) - set(alive.values_list("pk", flat=True))


def _claim(credential: Credential, now: float, *, outlive: bool) -> _Claim:
    if credential.token is not None:
        return _claim_of_token(credential.token, now, outlive=outlive)
    key = credential.session_key
    if key is not None and _SESSION_KEY.fullmatch(key):
        return _ByCookie(key)
    return _no_credentials


def _claim_of_token(token: str, now: float, *, outlive: bool) -> _Claim:
    try:
        claims = tokens.read(token, "access", now=now)
    except tokens.TokenExpired as expired:
        if not outlive:
            return _expired_token
        claims = expired.claims
    except tokens.TokenInvalid:
        return _bad_token
    return _ByToken(claims.device, claims.user_id, None if outlive else float(claims.exp))


def _identities(claims: list[_Claim], now: float) -> list[Identity | Refusal]:
    by_id, by_key = _alive(
        {claim.device_id for claim in claims if isinstance(claim, _ByToken)},
        {claim.session_key for claim in claims if isinstance(claim, _ByCookie)},
    )
    found: list[Identity | Refusal] = []
    for claim in claims:
        if isinstance(claim, Refusal):
            found.append(claim)
            continue
        row = by_id.get(claim.device_id) if isinstance(claim, _ByToken) else by_key.get(claim.session_key)
        found.append(_identity(claim, row, now) if row is not None else _ended)
    return found


@dataclass(frozen=True, slots=True)
class _Alive:
    device_id: int
    user_id: int
    expires_at: float


def _identity(claim: _ByToken | _ByCookie, row: _Alive, now: float) -> Identity | Refusal:
    if row.expires_at <= now or (isinstance(claim, _ByToken) and claim.user_id != row.user_id):
        return _ended
    expires_at = row.expires_at
    if isinstance(claim, _ByToken) and claim.expires_at is not None:
        expires_at = min(expires_at, claim.expires_at)
    return Identity(row.user_id, row.device_id, expires_at)


def _alive(ids: set[int], keys: set[str]) -> tuple[dict[int, _Alive], dict[str, _Alive]]:
    if not ids and not keys:
        return {}, {}
    by_id: dict[int, _Alive] = {}
    by_key: dict[str, _Alive] = {}
    rows = fetch(
        "d.id, d.user_id, d.session_key, d.expires_at",
        "accounts_device d JOIN accounts_user u ON u.id = d.user_id "
        f"WHERE u.is_active AND ({among('d.id')} OR {among('d.session_key')})",
        many(ids),
        many(keys),
    )
    for device_id, user_id, session_key, expires_at in rows:
        by_id[device_id] = row = _Alive(device_id, user_id, _seconds(expires_at))
        if session_key is not None:
            by_key[session_key] = row
    return by_id, by_key


def _seconds(moment: datetime | str) -> float:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return moment.timestamp()
