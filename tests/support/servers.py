"""Fixtures for the servers under the product: PostgreSQL for the session, Redis for one test."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import PostgresServer
from tests.support.profiles import SHARED_POSTGRES
from tests.support.redis import RedisServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this worker's own, on either profile, to make databases in or to kill."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this test's own, to fill, to freeze or to kill."""
    server = RedisServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


__all__ = ["SHARED_POSTGRES", "postgres_server", "redis_server"]
