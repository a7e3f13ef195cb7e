"""Two people, two browsers: what one does about a friendship is on the other's screen at once, without a reload.

Everything happens over the socket alone: the wire refuses every poll, so that a test cannot pass thirty seconds late.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.town import Member
from tests.e2e.windows import Windows

ASKED = "wants to be your friend"


@pytest.fixture
def asked(maria: Member, pablo: Member) -> None:
    """Pablo has asked Maria."""
    pablo.ask(maria)


def test_a_request_is_a_toast_and_a_badge_without_a_reload(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, f"/people/{pablo.username}")
    his = windows.open(pablo, only="socket")
    his.page.evaluate("window.here = true")
    hers.button(f"Add {pablo.name}").click()
    expect(his.toasts).to_contain_text([re.compile(f"{maria.name}.*{ASKED}")])
    expect(his.place("Friends, 1 request")).to_be_visible()
    expect(his.bell).to_have_accessible_name("Notifications, 1 new")
    expect(his.page).to_have_title("(1) NUMENEON")
    expect(hers.button(f"Cancel the request to {pablo.name}")).to_be_visible()
    assert his.page.evaluate("window.here"), "the page was loaded anew"


@pytest.mark.usefixtures("asked")
def test_accepting_is_a_toast_and_a_friend_in_the_list_at_once(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, "/friends")
    his = windows.open(pablo, "/friends", only="socket")
    hers.button(f"Accept {pablo.name}").click()
    expect(his.toasts).to_contain_text([f"{maria.name} accepted your request"])
    expect(his.friends()).to_contain_text([maria.name])
    expect(his.bell).to_have_accessible_name("Notifications, 1 new")
    expect(hers.page.get_by_text(f"You and {pablo.name} are friends")).to_be_visible()
    expect(hers.friends()).to_contain_text([pablo.name])


@pytest.mark.once
@pytest.mark.usefixtures("asked")
def test_a_request_can_be_accepted_inside_the_toast(
    windows: Windows, maria: Member, pablo: Member, ines: Member
) -> None:
    hers = windows.open(maria)
    his = windows.open(pablo)
    ines.ask(maria)
    hers.toasts.get_by_role("button", name=f"Accept {ines.name}").click()
    expect(hers.toasts).to_have_count(0)
    assert [one["id"] for one in ines.get("/api/friends/")] == [maria.id]
    expect(his.toasts).to_have_count(0)


@pytest.mark.once
@pytest.mark.usefixtures("asked")
def test_a_declined_request_can_be_taken_back_until_it_is_sent(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, "/friends", clock=True)
    his = windows.open(pablo, only="socket")
    hers.button(f"Decline {pablo.name}").click()
    expect(hers.button(f"Accept {pablo.name}")).to_have_count(0)
    hers.toasts.get_by_role("button", name="Undo").click()
    expect(hers.button(f"Accept {pablo.name}")).to_be_visible()
    hers.page.clock.fast_forward(6_000)
    assert len(maria.get("/api/friends/requests/")) == 1, "declined although taken back"

    hers.button(f"Decline {pablo.name}").click()
    with hers.page.expect_response(lambda answer: "/api/friends/decline/" in answer.url) as sent:
        hers.page.clock.fast_forward(6_000)
    assert sent.value.ok
    expect(hers.button(f"Accept {pablo.name}")).to_have_count(0)
    assert maria.get("/api/friends/requests/") == []
    expect(his.bell).to_have_accessible_name("Notifications")
    expect(his.toasts).to_have_count(0)


@pytest.mark.usefixtures("asked")
def test_a_cancelled_request_takes_its_badge_and_its_row_along(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, only="socket")
    his = windows.open(pablo, "/friends")
    expect(hers.place("Friends, 1 request")).to_be_visible()
    expect(hers.bell).to_have_accessible_name("Notifications, 1 new")
    his.button(f"Cancel the request to {maria.name}").click()
    expect(hers.place("Friends")).to_be_visible()
    expect(hers.bell).to_have_accessible_name("Notifications")


def test_a_removed_friend_leaves_both_lists_and_nobody_is_told(windows: Windows, maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)
    hers = windows.open(maria, "/friends")
    his = windows.open(pablo, "/friends", only="socket")
    expect(his.friends()).to_contain_text([maria.name])
    hers.button(f"More about {pablo.name}").click()
    hers.page.get_by_role("menuitem", name="Remove friend").click()
    expect(hers.friends()).to_have_count(0)
    expect(his.friends()).to_have_count(0)
    expect(his.toasts).to_have_count(0)


def test_who_is_blocked_is_gone_and_is_not_told(windows: Windows, maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)
    hers = windows.open(maria, "/friends")
    his = windows.open(pablo, "/friends", only="socket")
    expect(his.friends()).to_contain_text([maria.name])
    hers.button(f"More about {pablo.name}").click()
    hers.page.get_by_role("menuitem", name="Block").click()
    expect(hers.toasts).to_contain_text([f"{pablo.name} is blocked"])
    expect(his.friends()).to_have_count(0)
    expect(his.toasts).to_have_count(0)
    his.go(f"/people/{maria.username}").button(f"Add {maria.name}").click()
    expect(his.button(f"Cancel the request to {maria.name}")).to_be_visible()
    expect(hers.place("Friends")).to_be_visible()
    assert maria.get("/api/friends/requests/") == [], "a blocked person reached her"

    hers.page.goto("/settings/blocked")
    hers.button(f"Unblock {pablo.name}").click()
    expect(hers.page.get_by_text("You have blocked nobody")).to_be_visible()


def test_what_happens_here_shows_on_the_members_other_devices(windows: Windows, maria: Member, pablo: Member) -> None:
    pablo.ask(maria)
    laptop = windows.open(maria, "/friends")
    phone = windows.open(maria, "/friends", only="socket", viewport={"width": 360, "height": 740})
    expect(phone.button(f"Accept {pablo.name}")).to_be_visible()
    laptop.button(f"Accept {pablo.name}").click()
    expect(phone.button(f"Accept {pablo.name}")).to_have_count(0)
    expect(phone.friends()).to_contain_text([pablo.name])
    expect(phone.toasts).to_have_count(0)


def test_requests_that_cross_make_friends_of_both(windows: Windows, maria: Member, pablo: Member) -> None:
    his = windows.open(pablo, f"/people/{maria.username}")
    expect(his.button(f"Add {maria.name}")).to_be_visible()
    pablo.ask(maria)
    hers = windows.open(maria, f"/people/{pablo.username}")
    hers.button(f"Accept {pablo.name}").click()
    expect(hers.place(f"Message {pablo.name}")).to_be_visible()
    expect(his.place(f"Message {maria.name}")).to_be_visible()
