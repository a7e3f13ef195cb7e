"""Unsafe combinations are refused before they can lose or leak anything."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.db import connections
from django.test import override_settings

from streams import checks
from streams.conf import conf


def found(
    check: Callable[..., list[CheckMessage]], *, streams: dict[str, Any] | None = None, **others: Any
) -> set[str]:
    """The ids that a check reports under some settings."""
    with override_settings(STREAMS={**settings.STREAMS, **(streams or {})}, **others):
        conf.cache_clear()
        try:
            return {str(message.id) for message in check(None)}
        finally:
            conf.cache_clear()


def test_the_projects_own_settings_pass() -> None:
    for check in (checks.settings_are_known, checks.database_keeps_the_promise, checks.profile_is_whole):
        assert found(check) == set()
    assert found(checks.nothing_is_open) == set()


@pytest.mark.parametrize(
    ("streams", "refused"),
    [
        ({"NO_SUCH": 1}, "streams.E001"),
        ({"AUTHENTICATOR": ""}, "streams.E002"),
        ({"MAY_TYPE": "nowhere.at_all"}, "streams.E003"),
        ({"BUCKETS": 0}, "streams.E004"),
        ({"PONG_TIMEOUT": 30}, "streams.E005"),
        ({"PRESENCE_LEASE": 5}, "streams.E006"),
        ({"TRUSTED_PROXIES": ["the proxy"]}, "streams.E007"),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "streams.E008"),
        ({"MAX_REPLAY": 2_000}, "streams.W001"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(streams: dict[str, Any], refused: str) -> None:
    assert refused in found(checks.settings_are_known, streams=streams)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"ATOMIC_REQUESTS": True}, "streams.E010"),
        ({"OPTIONS": {"isolation_level": 3, "transaction_mode": "IMMEDIATE"}}, "streams.E011"),
        ({"OPTIONS": {}}, "streams.E012"),
    ],
)
def test_a_database_that_breaks_the_promise_is_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], refused: str
) -> None:
    connection = connections["default"]
    if (refused, connection.vendor) in {("streams.E011", "sqlite"), ("streams.E012", "postgresql")}:
        pytest.skip("the other database's")
    monkeypatch.setattr(connection, "settings_dict", {**connection.settings_dict, **changed})
    assert refused in found(checks.database_keeps_the_promise)


def test_half_a_profile_is_pointed_out() -> None:
    redis = found(checks.profile_is_whole, streams={"REDIS_URL": "redis://localhost/0"})
    sqlite = connections["default"].vendor == "sqlite"
    assert ("streams.W010" in redis) is sqlite
    memory = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    assert "streams.W012" in found(
        checks.profile_is_whole, streams={"REDIS_URL": "redis://localhost/0"}, CHANNEL_LAYERS=memory
    )


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"DEBUG": True, "DEMO_MODE": True, "ALLOWED_HOSTS": ["example.org"]}, "streams.E020"),
        ({"DEBUG": True, "DEMO_MODE": False, "ALLOWED_HOSTS": ["*"]}, "streams.W020"),
        ({"SECRET_KEY": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, "streams.E022"),
    ],
)
def test_an_open_door_is_refused(changed: dict[str, Any], refused: str) -> None:
    assert refused in found(checks.nothing_is_open, **changed)


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        ("app.example.org", "streams.E021"),
        ("https://*.example.org", "streams.E021"),
        ("http://a.example", "streams.W021"),
    ],
)
def test_an_origin_must_be_one(origin: str, refused: str) -> None:
    assert refused in found(checks.nothing_is_open, streams={"ALLOWED_ORIGINS": [origin]})
