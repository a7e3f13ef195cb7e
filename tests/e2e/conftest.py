"""Fixtures of the browser tests: a town for the session, three people and a window opener for each test."""

import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.town import Member, Town
from tests.e2e.windows import Windows
from tests.support.databases import Template
from tests.support.profiles import chosen_profile

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = 240


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: left out unless E2E=long, as in `make e2e`")
    config.addinivalue_line("markers", "once: the same on both profiles, so left out of the scaled one")
    expect.set_options(timeout=8_000)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make test` has three minutes for both profiles; the rest is for those who ask."""
    if os.environ.get("E2E") == "long":
        return
    here = {"long", "once"} if chosen_profile() == "scaled" else {"long"}
    left_out = [item for item in items if here & {marker.name for marker in item.iter_markers()}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def town(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The product that most tests share; who kills servers launches one of their own."""
    made = Town(template, tmp_path_factory.mktemp("town") / "data", people=PEOPLE)
    yield made
    made.close()


@pytest.fixture
def maria(town: Town) -> Member:
    return town.member("Maria")


@pytest.fixture
def pablo(town: Town) -> Member:
    return town.member("Pablo")


@pytest.fixture
def ines(town: Town) -> Member:
    return town.member("Ines")


@pytest.fixture
def windows(browser: "Browser") -> Iterator[Windows]:
    """Opens windows; an error on any page's console fails the test."""
    opener = Windows(browser)
    yield opener
    opener.close()
    assert not opener.errors, "\n".join(opener.errors)
