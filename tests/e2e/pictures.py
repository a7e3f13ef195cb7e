"""Take the pictures of docs/images: every page, both themes, phone and desk. `make pictures`, or

    python -m tests.e2e.pictures [--into DIRECTORY] [--only home friends …]

The demo town on a database of its own, a shipped font, no motion; the browser writes WebP by itself.
"""

import argparse
import base64
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import profiles

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.every_page import Tour

ROOT = Path(__file__).resolve().parents[2]
QUALITY = 82
MOST_EACH, MOST_IN_ALL = 300_000, 4_000_000


def shoot(page: "Page", path: Path) -> int:
    """Write what the page shows; how many bytes it took."""
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "optimizeForSpeed": False})
    path.write_bytes(base64.b64decode(shot["data"]))
    return path.stat().st_size


def take_all(url: str, into: Path, only: list[str]) -> int:
    """Take every picture; the sum of their sizes."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.every_page import SIZES, THEMES, Tour
    from tests.support.browser import OPTIONS, chromium

    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*OPTIONS, "--lang=en-GB"])
        tour = Tour(browser, url)
        for place in tour.places:
            for theme, width in product(THEMES, SIZES):
                if only and place.name not in only:
                    continue
                with tour.window(member=place.member, theme=theme, width=width) as context:
                    size = shoot(tour.stand(context, place), into / f"{place.name}-{theme}-{width}.webp")
                total += size
                if size > MOST_EACH:
                    sys.exit(f"{place.name}-{theme}-{width} has {size} bytes, more than {MOST_EACH}")
        if not only or "accepted" in only:
            total += accepted(tour, into / "accepted-dark-1280.webp")
        tour.close()
        browser.close()
    return total


def accepted(tour: "Tour", path: Path) -> int:
    """The moment after: Maria has pressed Accept, Pablo knows."""
    place = next(one for one in tour.places if one.name == "demo")
    with tour.window(member=False, theme="dark", width=1280) as context:
        page = tour.stand(context, place)
        page.get_by_role("button", name="Accept", exact=True).click()
        page.get_by_text("It took").wait_for()
        page.wait_for_timeout(500)
        return shoot(page, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    surroundings = profiles.enter()
    try:
        from tests.support.databases import Template
        from tests.support.product import Product

        with tempfile.TemporaryDirectory() as folder:
            template = Template("embedded", Path(folder) / "template", people=0)
            town = Product(template, Path(folder) / "town", env={"DEBUG": "1"})
            try:
                town.manage("demo")
                total = take_all(town.add_server().url, options.into, options.only)
            finally:
                town.close()
    finally:
        surroundings.leave()
    print(f"{total:,} bytes in {options.into}")
    if total > MOST_IN_ALL:
        sys.exit(f"more than {MOST_IN_ALL:,} bytes")


if __name__ == "__main__":
    main()
