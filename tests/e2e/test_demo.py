"""What a newcomer sees first: /demo, two people side by side; press Accept on the left, watch the right."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.windows import Windows
from tests.support.databases import Template
from tests.support.product import Product, Server


@pytest.fixture(scope="module")
def demo(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A product in demo mode, with its cast."""
    product = Product(template, tmp_path_factory.mktemp("demo") / "data", env={"DEBUG": "1"})
    product.manage("demo")
    yield product.add_server()
    product.close()


def phone(page: Page, name: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("region", name=f"{name}’s phone")


@pytest.mark.once
@pytest.mark.parametrize("width", [1280, 360])
def test_accept_on_the_left_is_seen_on_the_right_again_and_again(windows: Windows, demo: Server, width: int) -> None:
    page = windows.guest(demo.url, "/demo", viewport={"width": width, "height": 800}).page
    left, right = phone(page, "Maria"), phone(page, "Pablo")
    for _ in range(2):
        expect(right.get_by_role("list", name="New").get_by_role("listitem")).to_have_count(0)
        left.get_by_role("button", name="Accept", exact=True).click()
        expect(right.get_by_role("list", name="New")).to_contain_text("Maria accepted your request")
        expect(right.get_by_text("Maria", exact=True).first).to_be_visible()
        expect(left.get_by_text("You are friends")).to_be_visible()
        expect(page.get_by_role("status").filter(has_text=re.compile(r"It took \d+ ms"))).to_be_visible()
        page.get_by_role("button", name="Again").click()
        expect(left.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    assert page.context.cookies() == [] or all(one.get("name") != "sessionid" for one in page.context.cookies())


@pytest.mark.once
def test_the_demo_is_not_there_where_members_are_real(windows: Windows, server: Server) -> None:
    page = windows.guest(server.url, "/demo").page
    expect(page.get_by_role("alert")).to_contain_text("The demo did not start")
