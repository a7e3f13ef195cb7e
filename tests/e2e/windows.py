"""Windows of real browsers, each somebody's: opened with their login, watched for whatever goes wrong in them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import expect

from tests.e2e.town import Member
from tests.e2e.wire import Kind, Wire

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

Transport = Literal["socket", "sse", "long_poll", "poll"]
BELOW: dict[Transport, tuple[Kind, ...]] = {
    "socket": ("sse", "long_poll", "poll"),
    "sse": ("socket", "long_poll"),
    "long_poll": ("socket", "sse"),
    "poll": ("socket", "sse", "long_poll"),
}
"""What a wire refuses so that one transport is left. The socket gets along without any poll at all."""

EXPECTED_NOISE = re.compile(
    r"Failed to load resource|WebSocket connection to|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|net::ERR"
)


class Window:
    """One member's page, and short forms for what is on it."""

    def __init__(self, page: "Page", member: Member | None, wire: Wire | None) -> None:
        self.page = page
        self.member = member
        self.wire = wire

    def go(self, path: str) -> "Window":
        """Open an address and wait until the frame of the product stands."""
        self.page.goto(path)
        if self.member:
            expect(self.page.get_by_role("navigation", name="Main")).to_have_count(1)
        return self

    @property
    def bell(self) -> "Locator":
        return self.page.get_by_role("button", name=re.compile(r"^Notifications"))

    @property
    def toasts(self) -> "Locator":
        return self.page.get_by_role("list", name="New", exact=True).get_by_role("listitem")

    def place(self, name: str) -> "Locator":
        """A place of the main navigation, by what it is called now: "Friends, 1 request"."""
        return self.page.get_by_role("link", name=name, exact=True)

    def button(self, name: str) -> "Locator":
        return self.page.get_by_role("button", name=name, exact=True)

    def friends(self) -> "Locator":
        """The rows of the list of friends."""
        return self.page.get_by_role("region", name="Friends", exact=True).get_by_role("listitem")

    def tab(self, path: str = "/") -> "Window":
        """Another tab of the same browser."""
        page = self.page.context.new_page()
        page.goto(path)
        another = Window(page, self.member, self.wire)
        expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
        return another

    def hurry(self, until: Callable[[], object], *, most: int = 240, step: int = 1000) -> None:
        """Let this page's clock run ahead, a second at a time, until something holds; needs `clock=True`."""
        for _ in range(most):
            if until():
                return
            self.page.clock.fast_forward(step)
            self.page.wait_for_timeout(60)
        raise AssertionError(f"not within {most * step / 1000:.0f} s of the page's own time")


class Windows:
    """Opens windows, closes them, and fails the test for what their consoles said."""

    def __init__(self, browser: "Browser") -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.wires: list[Wire] = []
        self.errors: list[str] = []

    def wire(self, member: Member, *, only: Transport | None = None, **rules: Any) -> Wire:
        """A proxy between a member and their server."""
        wire = Wire(member.server.port, **({"refuses": BELOW[only]} if only else {}), **rules)
        self.wires.append(wire)
        return wire

    def open(
        self,
        member: Member,
        path: str = "/",
        *,
        wire: Wire | None = None,
        only: Transport | None = None,
        clock: bool = False,
        script: str | None = None,
        **options: Any,
    ) -> Window:
        """A browser of this member's own, signed in."""
        if only:
            wire = self.wire(member, only=only)
        base = wire.url if wire else member.server.url
        page = self._page(base, storage_state=member.state, **options)
        if clock:
            page.clock.install()
        if script:
            page.context.add_init_script(script)
        return Window(page, member, wire).go(path)

    def guest(self, url: str, path: str = "/", **options: Any) -> Window:
        """A browser nobody is signed in in."""
        return Window(self._page(url, **options), None, None).go(path)

    def _page(self, base_url: str, **options: Any) -> "Page":
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("locale", "en-GB")
        context = self.browser.new_context(base_url=base_url, **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self._heard)
        return context.new_page()

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not EXPECTED_NOISE.search(message.text):
            self.errors.append(f"console: {message.text}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        for wire in self.wires:
            wire.close()
