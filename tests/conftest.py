"""What every test stands on. The profile is entered while this file loads, because Django reads its settings once."""

import os

import django
import pytest
from django.conf import settings

from tests.support import profiles, selection

SURROUNDINGS = profiles.enter()

pytest_plugins = [
    "tests.support.servers",
    "tests.support.product",
    "tests.support.browser",
]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load Django with the settings of the chosen profile. Passwords hash in microseconds: no test is about PBKDF2."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    selection.register(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    SURROUNDINGS.leave()


def pytest_report_header() -> str:
    return f"profile: {SURROUNDINGS.profile} (HUDDL_PROFILE), process {os.getpid()}"


@pytest.fixture(scope="session")
def profile() -> profiles.Profile:
    """The profile this run is in."""
    return SURROUNDINGS.profile
