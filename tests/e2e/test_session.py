"""Coming in and going out: sign-up, sign-in, what is refused, and a logout that ends every tab."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.town import Member, Town
from tests.e2e.windows import Windows


def test_somebody_new_signs_up_and_is_in(windows: Windows, town: Town) -> None:
    new = windows.guest(town.server.url, "/sign-up").page
    new.get_by_label("Name", exact=True).fill("Nadia")
    new.get_by_label("Username").fill("nadia")
    new.get_by_label("E-mail").fill("nadia@example.com")
    new.get_by_label("Password", exact=True).fill("a long way from home")
    new.get_by_role("button", name="Create an account").click()
    expect(new.get_by_role("button", name="Nadia, your menu")).to_be_visible()
    new.reload()
    expect(new.get_by_role("button", name="Nadia, your menu")).to_be_visible()


@pytest.mark.once
def test_a_form_says_what_is_wrong_beside_the_field(windows: Windows, town: Town, maria: Member) -> None:
    new = windows.guest(town.server.url, "/sign-up").page
    new.get_by_label("Username").fill(maria.username)
    new.get_by_label("E-mail").fill("not an address")
    new.get_by_label("Password", exact=True).fill("short")
    new.get_by_role("button", name="Create an account").click()
    expect(new.get_by_label("E-mail")).to_have_accessible_description("This is not an e-mail address.")
    expect(new.get_by_label("Password", exact=True)).to_have_accessible_description(
        "At least eight characters, please."
    )
    new.get_by_label("E-mail").fill("somebody@example.com")
    new.get_by_label("Password", exact=True).fill("a long way from home")
    new.get_by_role("button", name="Create an account").click()
    expect(new.get_by_label("Username")).to_have_attribute("aria-invalid", "true")
    expect(new.get_by_label("Username")).to_be_focused()


@pytest.mark.once
def test_a_guest_comes_back_to_the_link_they_followed(windows: Windows, maria: Member, pablo: Member) -> None:
    page = windows.guest(maria.server.url, f"/people/{pablo.username}").page
    page.get_by_label("Name or e-mail").fill(maria.email)
    page.get_by_label("Password", exact=True).fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(maria.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=pablo.name, level=1)).to_be_visible()
    assert urlsplit(page.url).path == f"/people/{pablo.username}"


def sign_in(page: Page, member: Member) -> None:
    page.get_by_label("Name or e-mail").fill(member.email)
    page.get_by_label("Password", exact=True).fill(member.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name=f"{member.name}, your menu")).to_be_visible()


def test_signing_out_in_one_tab_ends_all_of_them(windows: Windows, maria: Member) -> None:
    first = windows.open(maria)
    second = first.tab("/friends")
    first.button(f"{maria.name}, your menu").click()
    first.page.get_by_role("menuitem", name="Sign out").click()
    for window in (first, second):
        expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(window.page.get_by_role("navigation")).to_have_count(0)
    first.page.goto("/friends")
    expect(first.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_device_signed_out_from_the_settings_is_out_within_moments(windows: Windows, maria: Member) -> None:
    # By the form, both: the first one to sign in has their cheap hash replaced, which ends every earlier session.
    phone = windows.guest(maria.server.url, "/sign-in", user_agent="Mozilla/5.0 (Linux; Android 16) Phone").page
    sign_in(phone, maria)
    laptop = windows.guest(maria.server.url, "/settings/devices").page
    sign_in(laptop, maria)
    laptop.get_by_role("button", name="Sign out Android").click()
    expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.once
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_is_dark_until_the_member_chooses(windows: Windows, maria: Member, scheme: str) -> None:
    window = windows.open(maria, color_scheme=scheme)
    theme = window.page.locator("html")
    expect(theme).to_have_attribute("data-theme", "dark")
    window.button("Switch to the light theme").click()
    expect(theme).to_have_attribute("data-theme", "light")
    window.page.reload()
    expect(theme).to_have_attribute("data-theme", "light")
