"""Every page there is, and how to stand in front of it: for pictures, for axe, for what must not overflow."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import httpx
from playwright.sync_api import expect
from websockets import ConnectionClosed, Subprotocol
from websockets.sync.client import ClientConnection, connect

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


def places(post: int) -> list[Place]:
    """All pages; `post` is Maria's latest."""
    return [
        Place("landing", "/", "It happens. You know.", member=False),
        Place("sign-up", "/sign-up", "Create an account", member=False),
        Place("home", "/", "practising the trumpet"),
        Place("person", "/people/ines", "Teaches physics"),
        Place("post", f"/posts/{post}", "He is eleven"),
        Place("friends", "/friends", "Waiting for an answer"),
        Place("messages", "/messages", "It is perfect, come and see"),
        Place("conversation", "/messages/luca", "It is perfect, come and see"),
        Place("notifications", "/notifications", "wrote on your wall"),
        Place("settings", "/settings", "About you"),
        Place("settings-notifications", "/settings/notifications", "Accepted requests"),
        Place("settings-devices", "/settings/devices", "This device"),
        Place("settings-blocked", "/settings/blocked", "You have blocked nobody"),
        Place("not-found", "/nowhere", "There is nothing here"),
        # The last one: it signs its two people in, on one more device each.
        Place("demo", "/demo", "Press Accept", member=False),
    ]


def demo_token(url: str, username: str) -> str:
    """A token of one of the demo people."""
    access: str = httpx.post(f"{url}/api/demo/tokens/", json={"username": username}).json()["access"]
    return access


def latest_post(url: str, username: str) -> int:
    """The id of somebody's latest post."""
    headers = {"Authorization": f"Bearer {demo_token(url, username)}"}
    posts = httpx.get(f"{url}/api/posts/?username={username}", headers=headers).json()
    return next(int(post["id"]) for post in posts if post["author"]["username"] == username)


@contextmanager
def being_here(url: str, *names: str) -> Iterator[None]:
    """Let some of the demo people be online inside a `with` block."""
    with ExitStack() as sockets:
        for name in names:
            address = url.replace("http", "ws") + "/ws/"
            socket = sockets.enter_context(connect(address, subprotocols=[Subprotocol("numeneon.v1")]))
            socket.send(json.dumps({"type": "hello", "token": demo_token(url, name)}))
            socket.recv(timeout=10)
            threading.Thread(target=_stay, args=(socket,), daemon=True).start()
        yield


def _stay(socket: ClientConnection) -> None:
    """Answer pings until the socket is closed: who does not answer is not here."""
    with suppress(ConnectionClosed):
        for frame in socket:
            if json.loads(frame)["type"] == "ping":
                socket.send('{"type":"pong"}')


class Tour:
    """Takes a browser through the demo town as Maria, or as nobody."""

    def __init__(self, browser: "Browser", url: str) -> None:
        self.browser = browser
        self.url = url
        self.places = places(latest_post(url, "maria"))
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
