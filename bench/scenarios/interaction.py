"""Interaction to next paint: from a click or key in the web app to the frame that shows it.

A member of the demo town does in a real Chromium what people do all day: like, open the bell, comment, post, write, accept,
walk from page to page, scroll by key. The browser's own Event Timing says how long each interaction took, from the hardware's
time stamp to the presented frame, in steps of 8 ms and from 16 ms on (what it does not report counts as 16). The figure of
all is that of web-vitals: the worst of fewer than fifty interactions, else the 98th percentile. Once at full speed, once with
the page's CPU slowed four times, as on a cheap phone. The first round is counted too: it is where code is still being loaded.
"""

from __future__ import annotations

import contextlib
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

import harness
from suite import machine
from suite.results import Row, save, say, summarise, table

COLUMNS = {
    "candidate": "interaction",
    "throttle": "CPU slowed",
    "count": "count",
    "inp_ms": "worst ms (all: INP)",
    "p75_ms": "p75 ms",
    "median_ms": "median ms",
}
FASTEST = 16.0
"""Milliseconds from which on a browser reports an interaction."""
SETTLE_MS = 350
OBSERVE = """
window.interactions = [];
const note = (list) => {
  for (const entry of list.getEntries())
    if (entry.interactionId) window.interactions.push([entry.interactionId, entry.name, entry.duration,
      entry.processingStart - entry.startTime, entry.processingEnd - entry.processingStart]);
};
new PerformanceObserver(note).observe({ type: 'event', durationThreshold: 16, buffered: true });
new PerformanceObserver(note).observe({ type: 'first-input', buffered: true });
"""
TAKE = "() => window.interactions.splice(0)"


@contextlib.contextmanager
def demo_town() -> Iterator[str]:
    """The product with the demo people in it; its address."""
    from tests.support import profiles

    surroundings = profiles.enter()
    try:
        from tests.support.databases import Template
        from tests.support.product import Product

        with tempfile.TemporaryDirectory() as folder:
            template = Template("embedded", Path(folder) / "template", people=0)
            town = Product(template, Path(folder) / "town", env={"DEBUG": "1", "THROTTLE_FACTOR": "1000"})
            try:
                town.manage("demo")
                yield town.add_server().url
            finally:
                town.close()
    finally:
        surroundings.leave()


class Visit:
    """One page of a signed-in member, and how long each of its interactions took."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.took: dict[str, list[float]] = {}
        self.worst: dict[str, list[object]] = {}

    def act(self, name: str, work: Callable[[], None]) -> None:
        """Do something that is one interaction or several, and note each."""
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.evaluate(TAKE)
        work()
        self.page.wait_for_timeout(SETTLE_MS)
        longest: dict[int, list[Any]] = {}
        for entry in self.page.evaluate(TAKE):
            if entry[2] > longest.get(entry[0], [0, "", 0.0])[2]:
                longest[entry[0]] = entry
        found = [entry[2] for entry in longest.values()] or [FASTEST]
        self.took.setdefault(name, []).extend(found)
        if longest:
            slowest = max(longest.values(), key=lambda entry: float(entry[2]))
            if slowest[2] > self.worst.get(name, [0, "", 0.0])[2]:  # type: ignore[operator]
                self.worst[name] = slowest

    def link(self, name: str) -> Any:
        return self.page.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile(f"^{name}"))

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=re.compile(f"^{name}"))


def ask_for_friendship(url: str, *, who: str, whom: str) -> None:
    """Somebody of the demo people asks another, from a device elsewhere; if they are friends, they part first."""
    from tests.e2e.every_page import demo_token

    headers = {"Authorization": f"Bearer {demo_token(url, who)}"}
    with httpx.Client(base_url=url, headers=headers, timeout=10) as client:
        person = client.get(f"/api/auth/users/{whom}/").json()
        client.delete(f"/api/friends/remove/{person['id']}/")
        client.post(f"/api/friends/request/{person['id']}/")


def page_down(page: Any) -> None:
    page.keyboard.press("PageDown", delay=40)
    page.wait_for_timeout(200)


def walk(visit: Visit, number: int) -> None:
    """One round of what people do."""
    page = visit.page
    visit.act("to home", visit.link("Home").click)
    other = page.get_by_role("article").filter(has_not_text="Delete").first
    visit.act("like", other.get_by_role("button", name=re.compile("^Like")).click)
    visit.act("open comments", other.get_by_role("button", name=re.compile("^Comments")).click)
    field = page.get_by_role("textbox", name="New post")
    visit.act("type a post", lambda: (field.click(), field.press_sequentially(f"Round {number}", delay=60)))
    visit.act("post", page.get_by_role("button", name="Post", exact=True).click)
    visit.act("open the bell", visit.button("Notifications").first.click)
    visit.act("close the bell", lambda: page.keyboard.press("Escape"))
    visit.act("scroll by key", lambda: [page_down(page) for _ in range(3)])
    visit.act("to messages", visit.link("Messages").click)
    visit.act("open a conversation", page.locator("main a[href^='/messages/']").first.click)
    field = page.get_by_label(re.compile("^Message to"))
    visit.act("type a message", lambda: (field.click(), field.press_sequentially(f"Hello {number}", delay=60)))
    visit.act("send a message", lambda: field.press("Enter"))
    ask_for_friendship(visit.url, who="zara", whom="maria")
    visit.act("to friends", visit.link("Friends").click)
    accept = page.get_by_role("region", name="Requests").get_by_role("button", name=re.compile("^Accept"))
    accept.first.wait_for()
    visit.act("accept a request", accept.first.click)
    visit.act("to settings", visit.link("Settings").click)


def row_of(name: str, throttle: int, took: list[float]) -> Row:
    ordered = sorted(took, reverse=True)
    return {
        "candidate": name,
        "throttle": throttle,
        "count": len(ordered),
        "inp_ms": ordered[min(len(ordered) - 1, len(ordered) // 50)] if name == "all" else ordered[0],
        "worst_ms": ordered[0],
        "p75_ms": ordered[len(ordered) // 4],
        "median_ms": statistics.median(ordered),
    }


def measure(url: str, browser: Any, *, throttle: int, rounds: int) -> list[Row]:
    from tests.e2e.every_page import PASSWORD

    answer = httpx.post(
        f"{url}/api/auth/login/", json={"email": "maria@example.com", "password": PASSWORD}, headers={"Origin": url}
    )
    answer.raise_for_status()
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800}, locale="en-GB")
    context.add_cookies([{"name": "sessionid", "value": answer.cookies["sessionid"], "url": url}])
    context.add_init_script(OBSERVE)
    context.set_default_timeout(8_000)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    visit = Visit(page, url)
    page.goto("/")
    page.get_by_role("article").first.wait_for()
    page.wait_for_timeout(1_000)
    for number in range(rounds):
        walk(visit, number)
    context.close()
    for name, (_, event, lasted, waited, worked) in visit.worst.items():
        say(f"  {throttle}× {name:20} {lasted:4.0f} ms: {event}, waited {waited:.0f}, handlers {worked:.0f}")
    rows = [row_of(name, throttle, took) for name, took in visit.took.items()]
    return [row_of("all", throttle, [one for took in visit.took.values() for one in took]), *rows]


def main() -> None:
    parser = harness.parser(__doc__)
    parser.set_defaults(repetitions=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--throttles", type=int, nargs="*", default=[1, 4], help="how many times slower the page's CPU is"
    )
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright
    from tests.support.browser import OPTIONS, chromium

    rows: list[Row] = []
    with demo_town() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        for repetition in range(options.repetitions):
            for throttle in options.throttles:
                made = measure(url, browser, throttle=throttle, rounds=options.rounds)
                rows += [{"repetition": repetition, **row} for row in made]
        version = browser.version
        browser.close()
    shown = summarise(rows, by=("candidate", "throttle"))
    say(table(shown, COLUMNS))
    described = machine.describe()
    path = save(
        "interaction",
        about=(__doc__ or "").strip(),
        rows=rows,
        summary=shown,
        skipped={},
        deliveries={},
        parameters={"rounds": options.rounds, "repetitions": options.repetitions, "throttles": options.throttles},
        described=described | {"versions": {**described["versions"], "chromium": version}},  # type: ignore[dict-item]
    )
    say(f"\n{path}")


if __name__ == "__main__":
    main()
