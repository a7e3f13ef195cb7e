"""The same moments over each rung of the ladder, found by the page itself when a proxy refuses those above it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.town import Member
from tests.e2e.windows import Transport, Window, Windows


def settle(window: Window, only: Transport) -> None:
    """Let the page find the one rung that is left. Its patience with the others takes a minute of its own time."""
    wire = window.wire
    assert wire is not None
    if only == "poll":
        window.hurry(lambda: wire.seen["poll"] and wire.refused["long_poll"], step=5_000)
        polls = wire.seen["poll"]
        window.hurry(lambda: wire.seen["poll"] > polls, step=5_000)
    else:
        window.hurry(lambda: wire.open_now(only))


@pytest.mark.parametrize("only", ["socket", "sse", "long_poll", "poll"])
def test_request_and_answer_arrive_over(windows: Windows, maria: Member, pablo: Member, only: Transport) -> None:
    his = windows.open(pablo, "/friends", only=only, clock=True)
    settle(his, only)
    maria.ask(pablo)
    if only == "poll":
        his.page.clock.fast_forward(31_000)
    expect(his.button(f"Accept {maria.name}").first).to_be_visible()
    expect(his.bell).to_have_accessible_name("Notifications, 1 new")
    his.button(f"Accept {maria.name}").first.click()
    expect(his.friends()).to_contain_text([maria.name])

    hers = windows.open(maria, only=only, clock=True)
    settle(hers, only)
    expect(hers.toasts).to_have_count(0)
    pablo.write(maria, "Arrived?")
    if only == "poll":
        hers.page.clock.fast_forward(31_000)
    expect(hers.toasts).to_contain_text(["Arrived?"])
    expect(hers.toasts).to_have_count(1)


@pytest.mark.long
def test_a_proxy_that_holds_server_sent_events_back_is_noticed(windows: Windows, maria: Member, pablo: Member) -> None:
    wire = windows.wire(pablo, refuses=["socket"], holds=["sse"])
    his = windows.open(pablo, wire=wire, clock=True)
    his.hurry(lambda: wire.open_now("long_poll"))
    maria.ask(pablo)
    expect(his.place("Friends, 1 request")).to_be_visible()


def test_the_socket_is_taken_again_as_soon_as_it_is_let_through(windows: Windows, maria: Member, pablo: Member) -> None:
    his = windows.open(pablo, only="sse", clock=True)
    wire = his.wire
    assert wire is not None
    settle(his, "sse")
    wire.refuses.clear()
    his.hurry(lambda: wire.open_now("socket") and not wire.open_now("sse"))
    maria.ask(pablo)
    expect(his.toasts).to_have_count(1)
    expect(his.place("Friends, 1 request")).to_be_visible()
