"""Every page, in both themes, on a phone and at a desk: nothing overflows, nothing fails, and axe finds nothing."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.every_page import Theme, Tour, places
from tests.support.databases import Template
from tests.support.product import Product

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NAMES = [place.name for place in places(0)]
WIDER_THAN_THE_PAGE = """
() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => element && element !== document.documentElement
    && (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  return document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
    .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
    .slice(0, 8).concat('the page scrolls sideways');
}
"""


@pytest.fixture(scope="module")
def tour(browser: "Browser", template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """The demo town with a history, and Maria's way through it."""
    product = Product(template, tmp_path_factory.mktemp("every-page") / "data", env={"DEBUG": "1"})
    try:
        product.manage("demo")
        made = Tour(browser, product.add_server().url)
        yield made
        made.close()
    finally:
        product.close()


def violations(page: "Page") -> list[str]:
    """What axe has to say about the page as it stands."""
    # The page's own policy forbids foreign scripts; a debugger may evaluate one all the same.
    page.evaluate(AXE.read_text() + "; true")
    found: dict[str, Any] = page.evaluate(
        f"axe.run(document, {{ runOnly: {json.dumps(RULES)}, resultTypes: ['violations'] }})"
    )
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]} {(node['any'] or [{'message': ''}])[0]['message']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


class Look:
    """Windows of each kind, opened once, and what is wrong with what they show."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.windows = ExitStack()
        self.contexts: dict[tuple[bool, Theme, int], BrowserContext] = {}

    def wrong_with(self, name: str, theme: Theme, width: int) -> list[str]:
        """Stand in front of a page and list what is wrong with it."""
        place = next(one for one in self.tour.places if one.name == name)
        kind = (place.member, theme, width)
        if kind not in self.contexts:
            opened = self.tour.window(member=place.member, theme=theme, width=width)
            self.contexts[kind] = self.windows.enter_context(opened)
        wrong: list[str] = []

        def answered(answer: Any) -> None:
            expected = answer.status == 401 and answer.url.endswith("/api/auth/me/") and not place.member
            if answer.status >= 400 and not expected:
                wrong.append(f"{answer.status} {answer.url}")

        def said(message: Any) -> None:
            if message.type in ("error", "warning") and "status of 401" not in message.text:
                wrong.append(f"console: {message.text}")

        page = self.contexts[kind].new_page()
        page.on("response", answered)
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url} {request.failure}"))
        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        self.tour.go(page, place)
        wrong += page.evaluate(WIDER_THAN_THE_PAGE)
        wrong += violations(page)
        found = [f"{theme} {width}: {what}" for what in wrong]
        page.close()
        return found


@pytest.fixture(scope="module")
def look(tour: Tour) -> Iterator[Look]:
    made = Look(tour)
    yield made
    made.windows.close()


WAYS: list[tuple[Theme, int]] = [("dark", 360), ("light", 1280), ("light", 360), ("dark", 1280)]


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with(look: Look, name: str) -> None:
    """Each page one way; which one alternates."""
    wrong = look.wrong_with(name, *WAYS[NAMES.index(name) % 2])
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_in_the_other_theme_and_size_with(look: Look, name: str) -> None:
    ways = [way for way in WAYS if way != WAYS[NAMES.index(name) % 2]]
    wrong = [what for way in ways for what in look.wrong_with(name, *way)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.once
def test_what_is_wrong_is_found(look: Look) -> None:
    page = look.tour.browser.new_page()
    page.set_content(
        "<main><h1>Wide</h1><div style='width: 3000px; height: 1em'></div>"
        "<p style='color: #777; background: #888'>Unreadable</p><img src='data:,'></main>"
    )
    assert page.evaluate(WIDER_THAN_THE_PAGE)
    found = " ".join(violations(page))
    assert "color-contrast" in found
    assert "image-alt" in found
    page.close()
