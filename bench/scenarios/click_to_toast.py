"""From the click on Accept in one browser to the toast on the other screen.

Two Chromium windows on one machine, signed in as two members, the built web app, the real server; the scaled profile has a
process for each of the two. Both windows count on one clock (`performance.timeOrigin + performance.now()`): the click is
noted in the capture phase of its own event, before any code of the app runs, the toast in the first frame after the
mutation that made it visible.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from suite import machine
from suite.results import Row, save, say, summarise, table

COLUMNS = {
    "candidate": "profile",
    "count": "clicks",
    "median_ms": "median ms",
    "p99_ms": "p99 ms",
    "most_ms": "most ms",
}
NOTE_CLICKS = """
addEventListener('click', (event) => {
  if (event.target.closest('button')?.ariaLabel?.startsWith('Accept'))
    window.clickedAt = performance.timeOrigin + performance.now();
}, true);
"""
NOTE_TOASTS = """
() => new Promise((resolve) => {
  const look = () => {
    const toast = document.querySelector('.toasts .toast');
    if (!toast?.textContent.includes('accepted your request') || !toast.checkVisibility()) return;
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  };
  const observer = new MutationObserver(look);
  observer.observe(document.documentElement, { childList: true, subtree: true, attributes: true });
  window.observing = true;
  look();
})
"""


def measure(rounds: int) -> list[float]:
    """Milliseconds of each click, in the profile of this process."""
    from playwright.sync_api import sync_playwright
    from tests.support import profiles

    surroundings = profiles.enter()
    try:
        from tests.e2e.town import Town
        from tests.support.browser import OPTIONS, chromium
        from tests.support.databases import Template

        with tempfile.TemporaryDirectory() as folder:
            template = Template(surroundings.profile, Path(folder) / "template", people=0)
            town = Town(template, Path(folder) / "town", people=6)
            try:
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
                    took = clicks(town, browser, rounds)
                    browser.close()
            finally:
                town.close()
    finally:
        surroundings.leave()
    return took


def clicks(town, browser, rounds: int) -> list[float]:  # type: ignore[no-untyped-def]
    """Ask, accept, part, and again; the first round warms both pages up and is not counted."""
    maria, pablo = town.member("Maria"), town.member("Pablo")
    hers, his = (
        browser.new_context(
            base_url=one.server.url, storage_state=one.state, viewport={"width": 1280, "height": 800}
        ).new_page()
        for one in (maria, pablo)
    )
    hers.add_init_script(NOTE_CLICKS)
    hers.goto("/friends")
    his.goto("/")
    took = []
    for _ in range(rounds + 1):
        pablo.ask(maria)
        accept = hers.get_by_role("region", name="Requests").get_by_role("button", name=f"Accept {pablo.name}")
        accept.wait_for()
        his.evaluate(f"window.toasted = ({NOTE_TOASTS})(); undefined")
        accept.click()
        shown = his.evaluate("window.toasted")
        took.append(shown - hers.evaluate("window.clickedAt"))
        for _ in range(his.locator(".toast").count()):
            his.locator(".toast").get_by_role("button", name="Dismiss").first.click()
        maria.call("DELETE", f"/api/friends/remove/{pablo.id}/")
        his.locator(".toast").wait_for(state="detached")
    return took[1:]


def row_of(profile: str, took: list[float]) -> Row:
    ordered = sorted(took)
    return {
        "candidate": profile,
        "count": len(ordered),
        "median_ms": statistics.median(ordered),
        "p99_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
        "most_ms": ordered[-1],
        "all_ms": [round(one, 2) for one in took],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--profiles", nargs="*", default=["embedded", "scaled"])
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(measure(options.rounds)))
        return
    rows = []
    for profile in options.profiles:
        # The settings of a profile are read once a process.
        words = [sys.executable, __file__, "--measure", "--rounds", str(options.rounds)]
        done = subprocess.run(
            words,
            env=os.environ | {"HUDDL_PROFILE": profile},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=600,
        )
        rows.append(row_of(profile, json.loads(done.stdout)))
    shown = summarise(rows)
    say(table(shown, COLUMNS))
    path = save(
        "click-to-toast",
        about=(__doc__ or "").strip(),
        rows=rows,
        summary=shown,
        skipped={},
        deliveries={row["candidate"]: "toast on the screen of another browser" for row in rows},
        parameters={"rounds": options.rounds},
        described=machine.describe(),
    )
    say(f"\n{path}")


if __name__ == "__main__":
    main()
