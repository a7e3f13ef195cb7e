"""Posts, likes and comments that move on the screens of whoever looks, and tell whoever they concern."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.town import Member
from tests.e2e.windows import Window, Windows


@pytest.fixture
def friends(maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)


def card(window: Window, author: Member) -> Locator:
    return window.page.get_by_role("article", name=f"Post by {author.name}")


def publish(member: Member, words: str) -> int:
    made: int = member.post("/api/posts/", content=words, type="thoughts")["id"]
    return made


@pytest.mark.usefixtures("friends")
def test_a_new_post_waits_behind_the_pill_instead_of_jumping(windows: Windows, maria: Member, pablo: Member) -> None:
    publish(maria, "The first one")
    his = windows.open(pablo)
    expect(card(his, maria)).to_have_count(1)
    hers = windows.open(maria)
    hers.page.get_by_role("textbox", name="New post").fill("Out of the oven")
    hers.button("Post").click()
    expect(card(hers, maria).filter(has_text="Out of the oven")).to_be_visible()
    pill = his.page.get_by_role("button", name="1 new post")
    expect(pill).to_be_visible()
    expect(card(his, maria)).to_have_count(1)
    pill.click()
    expect(his.page.get_by_text("Out of the oven")).to_be_visible()
    expect(his.toasts).to_have_count(0)


@pytest.mark.usefixtures("friends")
def test_a_like_rolls_the_count_of_who_looks_and_is_taken_back(windows: Windows, maria: Member, pablo: Member) -> None:
    post = publish(maria, "Like this")
    hers = windows.open(maria, only="socket")
    elsewhere = windows.open(maria, "/friends", only="socket")
    his = windows.open(pablo, f"/posts/{post}")
    card(his, maria).get_by_role("button", name="Like, 0").click()
    expect(card(his, maria).get_by_role("button", name="Like, 1")).to_have_attribute("aria-pressed", "true")
    expect(card(hers, maria).get_by_role("button", name="Like, 1")).to_be_visible()
    expect(elsewhere.toasts).to_contain_text([re.compile(f"{pablo.name}.*liked your post")])
    expect(elsewhere.bell).to_have_accessible_name("Notifications, 2 new")
    card(his, maria).get_by_role("button", name="Like, 1").click()
    expect(card(hers, maria).get_by_role("button", name="Like, 0")).to_be_visible()
    expect(elsewhere.bell).to_have_accessible_name("Notifications, 1 new")


@pytest.mark.usefixtures("friends")
def test_a_like_moves_the_count_of_a_bystander(windows: Windows, maria: Member, pablo: Member, ines: Member) -> None:
    post = publish(maria, "Everybody sees this")
    bystander = windows.open(ines, f"/posts/{post}")
    expect(card(bystander, maria).get_by_role("button", name="Like, 0")).to_be_visible()
    bystander.page.wait_for_timeout(500)
    pablo.post(f"/api/posts/{post}/like/", action="like")
    expect(card(bystander, maria).get_by_role("button", name="Like, 1")).to_be_visible()
    expect(bystander.toasts).to_have_count(0)


@pytest.mark.usefixtures("friends")
def test_a_comment_is_live_and_its_notification_leads_to_it(windows: Windows, maria: Member, pablo: Member) -> None:
    post = publish(maria, "Say something")
    looking = windows.open(maria, f"/posts/{post}", only="socket")
    elsewhere = windows.open(maria, "/friends", only="socket")
    his = windows.open(pablo, f"/posts/{post}")
    answer = his.page.get_by_label(f"Answer {maria.name}")
    answer.fill("Something <b>bold</b>")
    answer.press("Enter")
    expect(his.page.locator(".comment")).to_contain_text(["Something <b>bold</b>"])
    expect(looking.page.locator(".comment")).to_contain_text(["Something <b>bold</b>"])
    expect(card(looking, maria).get_by_role("button", name="Comments, 1")).to_be_visible()
    toast = elsewhere.toasts.get_by_role("link", name=re.compile("commented on your post"))
    expect(toast).to_be_visible()
    toast.click()
    expect(elsewhere.page.locator(".comment.is-target")).to_contain_text("Something <b>bold</b>")


@pytest.mark.once
@pytest.mark.usefixtures("friends")
def test_a_deleted_post_can_be_taken_back_and_then_is_gone_for_all(
    windows: Windows, maria: Member, pablo: Member
) -> None:
    post = publish(maria, "Hasty words")
    hers = windows.open(maria, clock=True)
    his = windows.open(pablo)
    expect(card(his, maria)).to_have_count(1)
    for taken_back in (True, False):
        card(hers, maria).get_by_role("button", name=f"More about the post by {maria.name}").click()
        hers.page.get_by_role("menuitem", name="Delete").click()
        expect(card(hers, maria)).to_have_count(0)
        if taken_back:
            hers.toasts.get_by_role("button", name="Undo").click()
            expect(card(hers, maria)).to_have_count(1)
    hers.page.clock.fast_forward(6_000)
    expect(card(his, maria)).to_have_count(0)
    his.go(f"/posts/{post}")
    expect(his.page.get_by_text("This post is not here")).to_be_visible()


@pytest.mark.once
def test_what_is_for_friends_is_not_there_for_others(windows: Windows, maria: Member, ines: Member) -> None:
    post = maria.post("/api/posts/", content="Among us", type="thoughts", visibility="friends")["id"]
    hers = windows.open(ines, f"/posts/{post}")
    expect(hers.page.get_by_text("This post is not here")).to_be_visible()
