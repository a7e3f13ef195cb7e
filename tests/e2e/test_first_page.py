"""The built web app opens in a real browser, from the product's own port."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import NewPage
from tests.support.product import Server


@pytest.mark.once
@pytest.mark.parametrize("address", ["/", "/demo", "/people/nobody.at.all"])
def test_every_address_opens_the_app_without_an_error(server: Server, new_page: NewPage, address: str) -> None:
    page = new_page(server.url)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("#root")).not_to_be_empty()
    expect(page).to_have_title("NUMENEON", timeout=5000)
