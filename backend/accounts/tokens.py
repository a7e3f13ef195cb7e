"""Access and refresh tokens: JWTs (RFC 7519), signed with HS256, that name the device they belong to.

The signature, the kind and the expiry are judged here without a query; whether the device still lives is one indexed
row, asked for by whoever lets somebody in. The key is derived once, because PyJWT's own preparation of it costs more
than the signature: 17 µs a token instead of 31.

The claims are the ones that clients know (`token_type exp iat jti user_id`), and `device`.
"""

import hashlib
import hmac
import secrets
from functools import cache
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from jwt.algorithms import HMACAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

Kind = Literal["access", "refresh"]
Id = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
MAX_LENGTH = 2_048


class TokenError(Exception):
    """The token cannot be used."""


class TokenInvalid(TokenError):
    """Token is invalid."""


class TokenExpired(TokenError):
    """Token has expired."""

    def __init__(self, claims: "Claims") -> None:
        super().__init__(claims)
        self.claims = claims


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says. Times are Unix seconds."""

    token_type: Kind
    exp: int
    iat: int
    jti: str
    user_id: Id
    device: Id


class _PreparedKey(HMACAlgorithm):
    def prepare_key(self, key: str | bytes) -> bytes:
        return key if isinstance(key, bytes) else key.encode()


_jws = PyJWS(algorithms=[])
_jws.register_algorithm("HS256", _PreparedKey(HMACAlgorithm.SHA256))
_claims = msgspec.json.Decoder(Claims)
_encode = msgspec.json.Encoder().encode


@cache
def _key_of(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"numeneon access and refresh tokens", hashlib.sha256)


def _keys() -> list[bytes]:
    return [_key_of(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def new_jti() -> str:
    """A token id nobody can guess."""
    return secrets.token_hex(16)


def mint(kind: Kind, *, user_id: int, device_id: int, now: float, jti: str | None = None) -> str:
    """A signed token of this kind for a device, good from `now` for the lifetime that the settings give."""
    lifetime = settings.ACCESS_TOKEN_LIFETIME if kind == "access" else settings.REFRESH_TOKEN_LIFETIME
    claims = Claims(
        token_type=kind,
        exp=int(now + lifetime.total_seconds()),
        iat=int(now),
        jti=jti or new_jti(),
        user_id=user_id,
        device=device_id,
    )
    return _jws.encode(_encode(claims), _keys()[0], algorithm="HS256", headers={"typ": "JWT"})


def read(token: str, kind: Kind, *, now: float) -> Claims:
    """The claims of a token that we signed.

    Raises:
        TokenInvalid: not ours, not a token, or of the other kind.
        TokenExpired: ours, but its time is over; carries the claims.
    """
    claims = _verified(token)
    if claims.token_type != kind:
        raise TokenInvalid
    if claims.exp <= now:
        raise TokenExpired(claims)
    return claims


def _verified(token: str) -> Claims:
    if len(token) > MAX_LENGTH or not token.isascii():
        raise TokenInvalid
    for key in _keys():
        try:
            return _claims.decode(_jws.decode(token, key, algorithms=["HS256"]))
        except (PyJWTError, msgspec.DecodeError, UnicodeError, RecursionError):
            continue
    raise TokenInvalid
