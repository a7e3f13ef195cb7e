"""Each profile is what it says it is, and its test database is really there."""

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection

from tests.support.profiles import Profile


def test_the_database_is_the_profiles(profile: Profile) -> None:
    assert connection.vendor == {"embedded": "sqlite", "scaled": "postgresql"}[profile]


def test_the_channel_layer_is_the_profiles(profile: Profile) -> None:
    expected = {"embedded": "InMemoryChannelLayer", "scaled": "RedisPubSubChannelLayer"}[profile]
    assert type(get_channel_layer()).__name__ == expected


@pytest.mark.django_db
def test_the_tables_are_there() -> None:
    assert get_user_model().objects.count() == 0


def test_the_cache_keeps_what_it_is_given() -> None:
    cache.set("house", "warm", 30)
    assert cache.get("house") == "warm"
