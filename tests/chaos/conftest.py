"""What faults need: a Redis and a PostgreSQL of their own, which may be killed, and help for those that need root."""

import os
import secrets
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.chaos import results
from tests.support.databases import Template
from tests.support.leftovers import leaving_nothing
from tests.support.postgres import PostgresServer
from tests.support.product import PEOPLE, Launch, launching
from tests.support.profiles import SHARED_POSTGRES, Profile


@pytest.fixture(autouse=True)
def nothing_left(
    profile: Profile, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Every case leaves nothing behind, also one that fails half-way."""
    postgres = request.getfixturevalue("postgres_server") if profile == "scaled" else None

    def standing() -> set[int]:
        return {postgres.process.leash.pid} if postgres and postgres.process else set()

    with leaving_nothing(tmp_path_factory.getbasetemp(), standing=standing):
        yield


@pytest.fixture
def only_scaled(profile: Profile) -> None:
    """There is a Redis or a PostgreSQL in it."""
    if profile != "scaled":
        pytest.skip(results.SCALED)


@pytest.fixture
def only_embedded(profile: Profile) -> None:
    """There is an SQLite in it."""
    if profile != "embedded":
        pytest.skip(results.EMBEDDED)


@pytest.fixture
def only_root() -> None:
    """Mounts and network namespaces are root's."""
    if os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture(scope="session")
def fragile_template(
    profile: Profile, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Template:
    """A template on a PostgreSQL that may be killed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SHARED_POSTGRES, postgres_server.url("postgres"))
        return Template(profile, tmp_path_factory.mktemp("fragile") / "data", people=PEOPLE)


@pytest.fixture
def fragile(
    only_scaled: None,
    fragile_template: Template,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Launch]:
    """`launch`, on a PostgreSQL that may be killed; it runs again when the test is over."""
    monkeypatch.setenv(SHARED_POSTGRES, postgres_server.url("postgres"))
    with launching(fragile_template, lambda: tmp_path / secrets.token_hex(3), request.node) as start:
        yield start
        if not postgres_server.answers():
            postgres_server.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A case bounds what the product may take; how long its machine takes to start everything is another matter."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A case that is skipped is told in the table, with its reason."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        results.skipped(item.name, report.longrepr[2].removeprefix("Skipped: "))
    return report
