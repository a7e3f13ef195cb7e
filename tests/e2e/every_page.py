"""Every page there is, and how to stand in front of it: for pictures, for axe, for what must not overflow."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx
from playwright.sync_api import expect

from tests.e2e.history import being_here, tell
from tests.support.processes import await_condition

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
SIZES = {360: 740, 1280: 800}
PASSWORD = "numeneon-demo"
SEEN_IMAGES_ARE_THERE = """
() => [...document.images].every((image) => {
  const box = image.getBoundingClientRect();
  return image.complete || !image.checkVisibility() || box.top > innerHeight || box.bottom < 0;
})
"""


@dataclass(frozen=True)
class Place:
    """A page: its address, whether one is signed in there, and what shows that it is complete."""

    name: str
    path: str
    shows: str
    member: bool = True


def places(posts: dict[str, int]) -> list[Place]:
    """All pages, with the ids of the town's posts in their addresses."""
    return [
        Place("landing", "/", "It happens. You know.", member=False),
        Place("sign-up", "/sign-up", "Create an account", member=False),
        Place("home", "/", "The harbour at six|Day 41 of rain"),
        Place("person", "/people/ines", "Teaches physics"),
        Place("post", f"/posts/{posts['maria']}", "I can smell this from Sapporo"),
        Place("friends", "/friends", "Waiting for an answer"),
        Place("messages", "/messages", "Rehearsal moved to eight"),
        Place("conversation", "/messages/ines", "the fog should be gone by then"),
        Place("notifications", "/notifications", "mentioned you"),
        Place("settings", "/settings", "About you"),
        Place("settings-notifications", "/settings/notifications", "Accepted requests"),
        Place("settings-devices", "/settings/devices", "This device"),
        Place("settings-blocked", "/settings/blocked", "You have blocked nobody"),
        Place("not-found", "/nowhere", "There is nothing here"),
        # The last one: it signs its two people in, on one more device each.
        Place("demo", "/demo", "Press Accept", member=False),
    ]


class Tour:
    """Takes a browser through the demo town as Maria, or as nobody."""

    def __init__(self, browser: "Browser", url: str) -> None:
        self.browser = browser
        self.url = url
        self.posts = tell(url)
        self.places = places(self.posts)
        self.others = being_here(url, "ines", "kenji", "zara", "luca")
        self.others.__enter__()
        self.login = self._sign_in("maria")

    def _sign_in(self, name: str) -> str:
        answer = httpx.post(
            f"{self.url}/api/auth/login/",
            json={"email": f"{name}@example.com", "password": PASSWORD},
            headers={"Origin": self.url, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0"},
        )
        assert answer.is_success, answer.text[:300]
        return answer.cookies["sessionid"]

    def close(self) -> None:
        """Everybody goes home."""
        self.others.__exit__(None, None, None)

    @contextmanager
    def window(self, *, member: bool, theme: Theme, width: int) -> "Iterator[BrowserContext]":
        """A browser of this size and theme in which nothing moves."""
        chosen: Any = {"origin": self.url, "localStorage": [{"name": "numeneon.theme", "value": theme}]}
        context = self.browser.new_context(
            storage_state={"cookies": [], "origins": [chosen]},
            base_url=self.url,
            viewport={"width": width, "height": SIZES[width]},
            locale="en-GB",
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
            device_scale_factor=1,
            has_touch=width < 720,
        )
        context.set_default_timeout(10_000)
        if member:
            context.add_cookies([{"name": "sessionid", "value": self.login, "url": self.url}])
        # Looking marks as seen and as read: here nothing may change by being looked at.
        for address in ("**/api/notifications/seen/", "**/api/messages/conversation/*/read/"):
            context.route(address, lambda route: route.fulfill(status=204))
        try:
            yield context
        finally:
            context.close()

    def stand(self, context: "BrowserContext", place: Place) -> "Page":
        """Open a place and wait until everything it shows is there."""
        page = context.new_page()
        self.go(page, place)
        return page

    def go(self, page: "Page", place: Place) -> None:
        page.goto(place.path)
        shown = page.locator("body").get_by_text(re.compile(place.shows)).filter(visible=True).first
        expect(shown).to_be_visible()
        expect(page.locator(".bones")).to_have_count(0)
        page.evaluate("document.fonts.ready.then(() => true)")
        await_condition(lambda: page.evaluate(SEEN_IMAGES_ARE_THERE), within=8, about="the images are there")
        page.wait_for_timeout(150)
