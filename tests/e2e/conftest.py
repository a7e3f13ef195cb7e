"""Fixtures of the browser tests: a town for the session, three people and a window opener for each test."""

import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.town import Member, Town
from tests.e2e.windows import Windows
from tests.support import selection
from tests.support.databases import Template

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PEOPLE = 240


def pytest_configure(config: pytest.Config) -> None:
    expect.set_options(timeout=8_000)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`make test` has three minutes for both profiles; the rest is for those who ask."""
    if os.environ.get("E2E") != "long":
        selection.leave_out(config, items)


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
