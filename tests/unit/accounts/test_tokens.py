"""A token is believed only if it is ours, of the right kind, and in time."""

import base64
import json

import jwt
import pytest

from accounts import tokens

NOW = 1_800_000_000.0


def an_access_token() -> str:
    return tokens.mint("access", user_id=7, device_id=12, now=NOW)


def test_a_token_says_who_and_which_device() -> None:
    claims = tokens.read(an_access_token(), "access", now=NOW)
    assert (claims.user_id, claims.device, claims.token_type) == (7, 12, "access")


def test_clients_find_the_claims_they_know() -> None:
    claims = jwt.decode(an_access_token(), options={"verify_signature": False})
    assert {"token_type", "exp", "iat", "jti", "user_id"} <= set(claims)
    assert claims["exp"] == NOW + 3600


def test_a_token_ends_in_the_second_it_names() -> None:
    token = an_access_token()
    tokens.read(token, "access", now=NOW + 3599)
    with pytest.raises(tokens.TokenExpired):
        tokens.read(token, "access", now=NOW + 3600)


def test_a_refresh_token_lets_nobody_in() -> None:
    refresh = tokens.mint("refresh", user_id=7, device_id=12, now=NOW)
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(refresh, "access", now=NOW)
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(an_access_token(), "refresh", now=NOW)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged() -> list[str]:
    token = an_access_token()
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other_user = part(claims | {"user_id": 1})
    return [
        f"{head}.{other_user}.{signature}",
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{other_user}.",
        f"{part({'alg': 'HS512', 'typ': 'JWT'})}.{body}.{signature}",
        jwt.encode(claims, "a key that is somebody else's entirely", algorithm="HS256"),
        jwt.encode({"token_type": "access"}, tokens._keys()[0], algorithm="HS256"),
        jwt.encode(claims | {"user_id": "7"}, tokens._keys()[0], algorithm="HS256"),
        jwt.encode(claims | {"token_type": "refresh"}, tokens._keys()[0], algorithm="HS256"),
        f"{head}.{body}",
        token[:-1],
        token + "é",
        "",
        "...",
        "x" * 5_000,
        part([[]] * 10) * 3,
    ]


@pytest.mark.parametrize("number", range(14))
def test_a_forged_token_is_invalid(number: int) -> None:
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(forged()[number], "access", now=NOW)


def test_tokens_of_the_key_before_stay_good(settings: object) -> None:
    token = an_access_token()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "x" * 50  # type: ignore[attr-defined]
    assert tokens.read(token, "access", now=NOW).user_id == 7
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(tokens.TokenInvalid):
        tokens.read(token, "access", now=NOW)
