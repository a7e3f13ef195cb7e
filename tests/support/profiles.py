"""Which profile this test run is in: HUDDL_PROFILE=embedded (SQLite and memory, the default) or scaled (PostgreSQL
and Redis).

Django reads its settings once a process, so a profile belongs to a run, not to a test: `make test` runs the suites
that touch a database once in each. Everything the settings read from the environment is put there by `enter()`,
before anybody imports them, and nothing of the developer's own environment gets in.

Under pytest-xdist the controller starts one PostgreSQL for all workers (each makes its own test database there), and
every worker starts a Redis of its own.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

import pytest

from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer

Profile = Literal["embedded", "scaled"]
SHARED_POSTGRES = "HUDDL_TEST_POSTGRES_URL"
FOREIGN = ("DATABASE_URL", "REDIS_URL", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "ALLOWED_ORIGINS", "HTTPS", "LOG_LEVEL")


@dataclass
class Surroundings:
    """What a test run has around it, and how to take it away again."""

    profile: Profile
    data_dir: Path
    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    _endings: list[Callable[[], None]] = field(default_factory=list)

    def leave(self) -> None:
        """End the servers and remove the files."""
        for ending in reversed(self._endings):
            ending()


def chosen_profile() -> Profile:
    """The profile named by HUDDL_PROFILE."""
    profile = os.environ.get("HUDDL_PROFILE", "embedded")
    if profile not in ("embedded", "scaled"):
        pytest.exit(f"HUDDL_PROFILE is embedded or scaled, not {profile!r}", returncode=4)
    return cast("Profile", profile)


def enter() -> Surroundings:
    """Set the environment of this process for its profile, starting the servers it needs."""
    profile = chosen_profile()
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every server a test starts compiles Django anew
    surroundings = Surroundings(profile, Path(tempfile.mkdtemp(prefix="numeneon-test-")))
    surroundings._endings.append(lambda: shutil.rmtree(surroundings.data_dir, ignore_errors=True))
    os.environ["HUDDL_DATA_DIR"] = str(surroundings.data_dir)
    os.environ["HTTPS"] = "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "huddl.settings"
    if profile == "scaled":
        try:
            _enter_scaled(surroundings)
        except BaseException:
            surroundings.leave()
            raise
    return surroundings


def _enter_scaled(surroundings: Surroundings) -> None:
    if SHARED_POSTGRES not in os.environ:
        surroundings.postgres = PostgresServer()
        surroundings._endings.append(surroundings.postgres.close)
        surroundings._endings.append(lambda: _forget(SHARED_POSTGRES))
        surroundings.postgres.start()
        os.environ[SHARED_POSTGRES] = surroundings.postgres.url("postgres")
    surroundings.redis = RedisServer()
    surroundings._endings.append(surroundings.redis.close)
    surroundings.redis.start()
    os.environ["DATABASE_URL"] = os.environ[SHARED_POSTGRES]
    os.environ["REDIS_URL"] = surroundings.redis.url


def _forget(name: str) -> None:
    with contextlib.suppress(KeyError):
        del os.environ[name]
