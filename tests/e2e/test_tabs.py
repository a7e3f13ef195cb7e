"""Many tabs of one browser: one socket for all, another leader when the leader goes, and nothing doubled without Web Locks."""

import contextlib

from playwright.sync_api import Error, expect

from tests.e2e.town import Member
from tests.e2e.windows import Window, Windows
from tests.support.processes import await_condition

NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined });"


def sockets(window: Window) -> int:
    assert window.wire is not None
    return window.wire.open_now("socket")


def test_three_tabs_have_one_socket_and_all_of_them_know(windows: Windows, maria: Member, pablo: Member) -> None:
    first = windows.open(pablo, wire=windows.wire(pablo))
    tabs = [first, first.tab(), first.tab("/friends")]
    assert first.wire
    first.wire.await_open("socket")
    maria.ask(pablo)
    for tab in tabs:
        expect(tab.place("Friends, 1 request")).to_be_visible()
    assert sockets(first) == 1
    for tab in tabs[:2]:
        expect(tab.toasts).to_have_count(1)
    expect(tabs[2].toasts).to_have_count(0)  # it is on screen there


def test_when_the_leading_tab_closes_another_goes_on_from_where_it_was(
    windows: Windows, maria: Member, pablo: Member, ines: Member
) -> None:
    leader = windows.open(pablo, wire=windows.wire(pablo))
    second, third = leader.tab(), leader.tab()
    maria.ask(pablo)
    expect(third.place("Friends, 1 request")).to_be_visible()
    wire = leader.wire
    assert wire is not None
    leader.page.close()
    ines.ask(pablo)
    for tab in (second, third):
        expect(tab.place("Friends, 2 requests")).to_be_visible()
        expect(tab.toasts.filter(has_text=ines.name)).to_have_count(1)
        expect(tab.toasts.filter(has_text=maria.name)).to_have_count(1)
    await_condition(lambda: wire.open_now("socket") == 1, within=5, about="one socket is left")


def test_a_leader_that_crashes_is_replaced(windows: Windows, maria: Member, pablo: Member) -> None:
    leader = windows.open(pablo, wire=windows.wire(pablo))
    second = leader.tab()
    assert leader.wire
    leader.wire.await_open("socket")
    with contextlib.suppress(Error):  # a page that crashes does not answer
        leader.page.goto("chrome://crash", timeout=2_000)
    maria.ask(pablo)
    expect(second.place("Friends, 1 request")).to_be_visible(timeout=15_000)
    expect(second.toasts).to_have_count(1)


def test_without_web_locks_every_tab_has_a_socket_and_nothing_doubles(
    windows: Windows, maria: Member, pablo: Member
) -> None:
    first = windows.open(pablo, wire=windows.wire(pablo), script=NO_LOCKS)
    second = first.tab()
    await_condition(lambda: sockets(first) == 2, within=5, about="two tabs, two sockets")
    maria.ask(pablo)
    for tab in (first, second):
        expect(tab.place("Friends, 1 request")).to_be_visible()
        expect(tab.toasts).to_have_count(1)
        expect(tab.bell).to_have_accessible_name("Notifications, 1 new")
