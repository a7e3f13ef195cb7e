"""The inbox: unseen, seen, read, archived, the same on every device; and what a member wishes to hear of."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.town import Member
from tests.e2e.windows import Window, Windows
from tests.support.processes import await_condition


def rows(window: Window) -> Locator:
    return window.page.locator(".note")


@pytest.fixture
def liked(maria: Member, pablo: Member, ines: Member) -> None:
    """Two people have liked Maria's post, and one of them asks to be her friend."""
    maria.befriend(pablo)
    post = maria.post("/api/posts/", content="Like this", type="thoughts")["id"]
    for member in (pablo, ines):
        member.post(f"/api/posts/{post}/like/", action="like")
    # Likes that follow on each other are told together, a moment later.
    await_condition(
        lambda: any(row["count"] == 2 for row in maria.get("/api/notifications/")["results"]),
        within=15,
        about="both likes are in one row",
        every=0.2,
    )
    ines.ask(maria)


@pytest.mark.usefixtures("liked")
def test_looking_makes_seen_and_opening_makes_read_on_every_device(
    windows: Windows, maria: Member, pablo: Member, ines: Member
) -> None:
    laptop, phone = windows.open(maria), windows.open(maria, "/friends", viewport={"width": 360, "height": 740})
    expect(laptop.bell).to_have_accessible_name(re.compile("new$"))
    laptop.page.goto("/notifications")
    both = re.compile(f"{ines.name}(, | and ){pablo.name} liked your post")
    expect(rows(laptop).filter(has_text=both)).to_have_count(1)
    expect(phone.place("Notifications")).to_be_visible()
    liked = rows(laptop).filter(has_text="liked your post")
    liked.get_by_role("link").click()
    expect(laptop.page.get_by_role("article")).to_be_visible()
    phone.page.goto("/notifications")
    expect(rows(phone).filter(has_text="liked your post")).to_have_attribute("data-state", "read")
    expect(rows(phone).filter(has_text="wants to be your friend")).to_have_attribute("data-state", "seen")


@pytest.mark.once
@pytest.mark.usefixtures("liked")
def test_filters_archive_and_undo(windows: Windows, maria: Member, ines: Member) -> None:
    hers = windows.open(maria, "/notifications")
    hers.page.get_by_role("tab", name=re.compile("^Requests")).click()
    expect(rows(hers)).to_have_count(1)
    hers.page.get_by_role("tab", name="Mentions").click()
    expect(hers.page.get_by_text("Nobody has mentioned you yet")).to_be_visible()
    hers.page.get_by_role("tab", name="All").click()
    liked = rows(hers).filter(has_text="liked your post")
    liked.get_by_role("link").focus()
    hers.page.keyboard.press("e")
    expect(liked).to_have_count(0)
    hers.toasts.get_by_role("button", name="Undo").click()
    expect(liked).to_have_count(1)
    hers.page.reload()
    expect(liked).to_have_count(1)
    hers.button("Mark all read").click()
    expect(rows(hers).and_(hers.page.locator('[data-state="read"]'))).not_to_have_count(0)
    expect(rows(hers).and_(hers.page.locator('[data-state="seen"]'))).to_have_count(0)


@pytest.mark.once
def test_an_answer_in_the_row_settles_it(windows: Windows, maria: Member, pablo: Member) -> None:
    pablo.ask(maria)
    hers = windows.open(maria, "/notifications")
    his = windows.open(pablo)
    rows(hers).get_by_role("button", name=f"Accept {pablo.name}").click()
    expect(his.toasts).to_contain_text([f"{maria.name} accepted your request"])
    expect(rows(hers).get_by_role("button")).to_have_count(0)


@pytest.mark.once
def test_who_wants_no_toasts_of_a_kind_gets_the_badge_alone(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, "/settings/notifications")
    wish = hers.page.get_by_role("row", name="Friend requests").get_by_role("checkbox").nth(1)
    with hers.page.expect_response(lambda answer: "/preferences/" in answer.url and answer.request.method != "GET"):
        wish.press("Space")
    hers.go("/")
    pablo.ask(maria)
    expect(hers.place("Friends, 1 request")).to_be_visible()
    expect(hers.toasts).to_have_count(0)


@pytest.mark.once
def test_a_profile_is_changed_and_shows_elsewhere(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, "/settings")
    hers.page.get_by_label("About you").fill("Bakes before sunrise.")
    hers.button("Save").click()
    expect(hers.page.get_by_text("Saved")).to_be_visible()
    his = windows.open(pablo, f"/people/{maria.username}")
    expect(his.page.get_by_text("Bakes before sunrise.")).to_be_visible()
