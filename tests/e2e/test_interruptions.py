"""The connection goes and comes back; nothing is missing, nothing is there twice, and nobody reloads."""

import pytest
from playwright.sync_api import expect

from tests.e2e.admission import FIRST_NAMES
from tests.e2e.town import Member, Town
from tests.e2e.windows import Window, Windows
from tests.support.databases import Template

WORDS = [f"number {count}" for count in range(1, 13)]


def said(window: Window) -> list[str]:
    """What the open conversation shows, from top to bottom."""
    found: list[str] = window.page.locator(".bubble").evaluate_all(
        "all => all.map(one => one.childNodes[1].textContent)"
    )
    return found


def test_what_was_missed_offline_is_there_in_order_and_once(windows: Windows, maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)
    his = windows.open(pablo, f"/messages/{maria.username}", wire=(wire := windows.wire(pablo)))
    wire.await_open("socket")
    expect(his.page.get_by_text("Nothing said yet", exact=False)).to_be_visible()
    his.page.context.set_offline(True)
    wire.cut()
    for words in WORDS:
        maria.write(pablo, words)
    expect(his.page.get_by_text("Offline, showing what you had")).to_be_visible()
    assert said(his) == []
    wire.mend()
    his.page.context.set_offline(False)
    expect(his.page.locator(".bubble")).to_have_count(len(WORDS))
    assert said(his) == WORDS
    expect(his.page.get_by_text("Back", exact=False).first).to_be_visible()


def test_a_connection_that_dies_without_a_word_is_replaced(windows: Windows, maria: Member, pablo: Member) -> None:
    maria.befriend(pablo)
    his = windows.open(pablo, f"/messages/{maria.username}", wire=(wire := windows.wire(pablo)))
    for number, words in enumerate(WORDS[:4]):
        wire.await_open("socket")
        maria.write(pablo, words)
        expect(his.page.locator(".bubble")).to_have_count(number + 1)
        wire.break_off()
    assert said(his) == WORDS[:4]
    expect(his.toasts).to_have_count(0)


@pytest.fixture
def own_town(template: Template, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A product whose servers may be killed."""
    made = Town(template, tmp_path_factory.mktemp("town") / "data", people=len(FIRST_NAMES))
    yield made
    made.close()


def test_a_server_killed_under_the_page_is_caught_up_with_without_a_reload(windows: Windows, own_town: Town) -> None:
    maria, pablo = own_town.member("Maria"), own_town.member("Pablo")
    maria.befriend(pablo)
    his = windows.open(pablo, f"/messages/{maria.username}")
    his.page.evaluate("window.here = true")
    for words in WORDS[:3]:
        maria.write(pablo, words)
    expect(his.page.locator(".bubble")).to_have_count(3)
    for server in own_town.product.servers:
        server.kill()
    expect(his.page.get_by_text("Reconnecting…")).to_be_visible()
    for server in own_town.product.servers:
        server.start()
    for words in WORDS[3:]:
        maria.write(pablo, words)
    expect(his.page.locator(".bubble")).to_have_count(len(WORDS), timeout=20_000)
    assert said(his) == WORDS
    assert his.page.evaluate("window.here"), "the page was loaded anew"
    own_town.member("Ines").ask(pablo)
    expect(his.place("Friends, 1 request")).to_be_visible()


def test_words_written_offline_are_sent_once_when_the_network_is_back(
    windows: Windows, maria: Member, pablo: Member
) -> None:
    maria.befriend(pablo)
    hers = windows.open(maria, f"/messages/{pablo.username}", wire=(wire := windows.wire(maria)))
    wire.await_open("socket")
    field = hers.page.get_by_label(f"Message to {pablo.name}")
    expect(hers.page.get_by_text("Nothing said yet", exact=False)).to_be_visible()
    hers.page.context.set_offline(True)
    wire.cut()
    for words in WORDS[:3]:
        field.fill(words)
        field.press("Enter")
    expect(hers.page.get_by_text("Will be sent when you are back").first).to_be_visible()
    wire.mend()
    hers.page.context.set_offline(False)
    expect(hers.page.get_by_text("Will be sent when you are back")).to_have_count(0, timeout=20_000)
    thread = pablo.get(f"/api/messages/conversation/{maria.id}/")
    assert sorted(one["content"] for one in thread) == WORDS[:3]
    assert said(hers) == WORDS[:3]
