"""A conversation between two browsers: there at once, ticked, typed, never twice, and tried again when it failed."""

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.town import Member
from tests.e2e.windows import Window, Windows


@pytest.fixture
def friends(maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)


def field(window: Window, to: Member):  # type: ignore[no-untyped-def]
    return window.page.get_by_label(f"Message to {to.name}")


def say(window: Window, to: Member, words: str) -> None:
    field(window, to).fill(words)
    field(window, to).press("Enter")


@pytest.mark.usefixtures("friends")
def test_what_is_written_is_there_at_once_and_ticked_when_read(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, f"/messages/{pablo.username}", only="socket")
    his = windows.open(pablo, only="socket")
    say(hers, pablo, "Are you there?")
    expect(his.toasts).to_contain_text(["Are you there?"])
    expect(his.place("Messages, 1 unread")).to_be_visible()
    expect(hers.page.get_by_text("Delivered", exact=True)).to_be_visible()
    expect(hers.page.get_by_text("Read", exact=True)).to_have_count(0)
    his.toasts.get_by_role("link", name="Are you there?").click()
    expect(his.page.locator(".bubble")).to_contain_text(["Are you there?"])
    expect(his.place("Messages")).to_be_visible()
    expect(hers.page.get_by_text("Read", exact=True)).to_be_visible()
    say(his, maria, "Always.")
    expect(hers.page.locator(".bubble")).to_contain_text(["Are you there?", "Always."])
    expect(hers.toasts).to_have_count(0)


@pytest.mark.usefixtures("friends")
def test_typing_shows_and_ends_with_the_message(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, f"/messages/{pablo.username}")
    his = windows.open(pablo, f"/messages/{maria.username}")
    expect(field(his, maria)).to_be_visible()
    field(hers, pablo).press_sequentially("Wait, I", delay=30)
    expect(his.page.get_by_text(f"{maria.name} is typing")).to_be_visible()
    say(hers, pablo, "Wait, I know this one")
    expect(his.page.locator(".bubble")).to_contain_text(["Wait, I know this one"])
    expect(his.page.get_by_text(f"{maria.name} is typing")).to_have_count(0)


@pytest.mark.usefixtures("friends")
def test_a_message_whose_answer_is_lost_is_sent_again_and_is_there_once(
    windows: Windows, maria: Member, pablo: Member
) -> None:
    hers = windows.open(maria, f"/messages/{pablo.username}", wire=(wire := windows.wire(maria)))
    wire.await_open("socket")
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            route.fetch()  # it arrives, and nobody hears of it
            lost.append(route.request.post_data or "")
            route.abort("connectionreset")
        else:
            route.continue_()

    hers.page.route("**/api/messages/", lose_the_answer)
    say(hers, pablo, "Once.")
    expect(hers.page.locator(".bubble")).to_contain_text(["Once."])
    wire.break_off("socket")
    say(hers, pablo, "Twice.")
    expect(hers.page.get_by_text("Will be sent when you are back")).to_have_count(0)
    expect(hers.page.locator(".bubble")).to_contain_text(["Once.", "Twice."])
    assert lost
    expect(hers.page.get_by_text("Sending", exact=True)).to_have_count(0)
    words = [one["content"] for one in pablo.get(f"/api/messages/conversation/{maria.id}/")]
    assert sorted(words) == ["Once.", "Twice."]


@pytest.mark.once
@pytest.mark.usefixtures("friends")
def test_a_message_that_was_refused_says_so_and_can_be_tried_again(
    windows: Windows, maria: Member, pablo: Member
) -> None:
    hers = windows.open(maria, f"/messages/{pablo.username}")
    refusal = {"detail": "Not now.", "code": "refused"}
    hers.page.route("**/api/messages/", lambda route: route.fulfill(status=403, json=refusal))
    say(hers, pablo, "Please?")
    expect(hers.page.get_by_role("alert")).to_contain_text("Not now.")
    hers.page.unroute("**/api/messages/")
    hers.page.get_by_role("alert").get_by_role("button", name="Try again").click()
    expect(hers.page.get_by_role("alert")).to_have_count(0)
    expect(hers.page.get_by_text("Sent", exact=True)).to_be_visible()
    assert len(pablo.get(f"/api/messages/conversation/{maria.id}/")) == 1


@pytest.mark.once
@pytest.mark.usefixtures("friends")
def test_words_that_were_not_sent_survive_a_reload(windows: Windows, maria: Member, pablo: Member) -> None:
    hers = windows.open(maria, f"/messages/{pablo.username}")
    expect(field(hers, pablo)).to_be_visible()
    hers.page.route("**/api/messages/", lambda route: route.abort("connectionreset"))
    say(hers, pablo, "Do not lose me")
    expect(hers.page.get_by_text("Will be sent when you are back")).to_be_visible()
    hers.page.unroute("**/api/messages/")
    hers.page.reload()
    expect(hers.page.locator(".bubble")).to_contain_text(["Do not lose me"])
    expect(hers.page.get_by_text("Sent", exact=True)).to_be_visible()
    assert len(pablo.get(f"/api/messages/conversation/{maria.id}/")) == 1


@pytest.mark.once
@pytest.mark.usefixtures("friends")
def test_markup_in_a_message_is_text_everywhere(windows: Windows, maria: Member, pablo: Member) -> None:
    markup = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"
    his = windows.open(pablo)
    maria.write(pablo, markup)
    expect(his.toasts).to_contain_text([markup])
    his.go(f"/messages/{maria.username}")
    expect(his.page.locator(".bubble")).to_contain_text([markup])
    expect(his.page.locator("img[src=x]")).to_have_count(0)
    assert "owned" not in his.page.title()


@pytest.mark.long
@pytest.mark.usefixtures("friends")
def test_a_long_conversation_holds_only_what_is_near_the_screen(windows: Windows, maria: Member, pablo: Member) -> None:
    for number in range(260):
        maria.write(pablo, f"line {number}")
    his = windows.open(pablo, f"/messages/{maria.username}")
    expect(his.page.get_by_text("line 259", exact=True)).to_be_visible()
    assert his.page.locator(".bubble").count() < 80
    scroll = his.page.get_by_role("log")
    for _ in range(40):
        if his.page.get_by_text("line 0", exact=True).count():
            break
        scroll.evaluate("element => element.scrollTo(0, 0)")
        his.page.wait_for_timeout(250)
    expect(his.page.get_by_text("line 0", exact=True)).to_be_visible()
    assert his.page.locator(".bubble").count() < 80
