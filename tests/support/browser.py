"""Real browsers: Debian's Chromium, driven by Playwright. `browser.new_context()` is one person with cookies of their
own.

`two_windows` is the shape of most tests: two people, two windows, one server.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

INSTALL = "Chromium is not installed (Debian: apt-get install chromium; elsewhere name it in CHROMIUM)"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """The path of the browser."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if not named:
        pytest.exit(INSTALL, returncode=3)
    return named


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """One browser for the session; contexts in it share nothing."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser: "Browser", tmp_path: Path, request: pytest.FixtureRequest) -> "Iterator[NewPage]":
    """Open pages in contexts of their own; errors on a page's console fail the test."""
    opener = NewPage(browser)
    yield opener
    opener.close()
    assert not opener.errors, "\n".join(opener.errors)


class NewPage:
    """Opens windows and remembers what went wrong in them."""

    def __init__(self, browser: "Browser") -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, base_url: str, **options: object) -> "Page":
        context = self.browser.new_context(base_url=base_url, **options)  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
