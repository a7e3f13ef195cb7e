"""A block: within a second nothing that the one does shows on a screen of the other, at any door of any process.

Also when the hint was lost: then the table of ended rights tells, and every action asks for the block by itself. What has
no promise (typing, presence, counts) is let through by the deaf bus here, or nobody could see that it has stopped.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.databases import Template
from tests.support.lab.house import DEAF, KINDS, LONG, inhabited, settled_in
from tests.support.lab.world import lab_environment
from tests.support.pair import SOCKETS, Pair, pair
from tests.support.processes import await_condition
from tests.support.product import Launch, Product
from tests.support.selection import short_of

A_SECOND = 1.0
SLACK = 2.0
SWEPT = 4.0
"""Seconds in which an entry whose hint was lost has come."""
EPHEMERAL = {"PRESENCE_GRACE": 0.3, "TYPING_INTERVAL": 0.2}


def lab(bus: str, **more: str) -> dict[str, str]:
    return lab_environment(streams=LONG | EPHEMERAL) | ({"LOSSY_BUS": DEAF} if bus == "deaf" else {}) | more


HOUSES = [f"{KINDS[0]}, heard", *(f"{kind}, deaf" for kind in KINDS)]
"""Other people's servers are tried with the deaf bus alone: it asks more of the same code."""


@pytest.fixture(scope="module", params=short_of(HOUSES, HOUSES[:2]))
def house(
    request: pytest.FixtureRequest, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    kind, bus = request.param.split(", ")
    with inhabited(template, tmp_path_factory.mktemp("blocks"), kind, lab(bus)) as product:
        yield product


def everywhere(shown: Callable[[], list[str]], doors: list[str], about: str) -> None:
    """Wait until something has come to each of these."""
    await_condition(lambda: set(doors) <= set(shown()), within=SWEPT + SLACK, about=about)


def doors_that_hear(one: Pair, *, whispers: bool) -> tuple[list[str], list[str]]:
    """The followers of Maria and of Pablo to which what has no promise, or else a message, comes."""

    def of(names: dict[str, object]) -> list[str]:
        quiet = ("/ws/friends/", *(("/ws/notifications/",) if whispers else ()))
        return [name for name in names if not name.startswith(quiet)]

    return of(dict(one.maria.followers)), of(dict(one.pablo.followers))


def assert_each_shows_on_the_others_screens(one: Pair) -> None:
    """What must stop can be seen before."""
    hers, his = doors_that_hear(one, whispers=True)
    one.maria.type_to(one.pablo)
    one.pablo.type_to(one.maria)
    everywhere(lambda: one.maria.shows("typing", one.pablo), hers, "his typing")
    everywhere(lambda: one.pablo.shows("typing", one.maria), his, "her typing")
    one.like()
    for side, other in one.sides():
        watching = [name for name in side.followers if name.startswith(SOCKETS)]
        everywhere(lambda side=side, other=other: side.shows("post_activity", other), watching, "counts")  # type: ignore[misc]
    hers, his = doors_that_hear(one, whispers=False)
    one.pablo.say(one.maria, "Are you there?")
    everywhere(lambda: one.maria.shows("new_message", one.pablo), hers, "his message")
    one.maria.say(one.pablo, "I am.")
    everywhere(lambda: one.pablo.shows("new_message", one.maria), his, "her message")


def do_everything(one: Pair) -> None:
    """Whatever each of them can do that the other was told of before, and the other's post is liked by somebody."""
    maria, pablo = one.maria, one.pablo
    pablo.say(maria, "Why?")
    maria.me.rest.post("/api/messages/", json={"receiver_id": pablo.id, "content": "Because."})
    pablo.me.rest.patch(f"/api/posts/{one.wall_post}/", json={"content": "On your wall, again"}).raise_for_status()
    pablo.me.post(f"/api/friends/request/{maria.id}/")
    for side, other in one.sides():
        side.acknowledge()
        side.read(other)
        side.type_to(other)
        side.me.post("/api/posts/", content=f"@{other.me.person.username} look at this")
        missing = side.me.rest.post(f"/api/posts/{other.post}/like/", json={"action": "like"})
        assert missing.status_code == 404
    one.like()
    pablo.me.rest.delete(f"/api/friends/cancel/{maria.id}/").raise_for_status()


def leaks(one: Pair) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (whose, door, frame)
        for whose, (side, other) in zip(("Maria's", "Pablo's"), one.sides(), strict=True)
        for door, frame in side.reached_by(other)
    ]


def part(one: Pair) -> None:
    """The block, and the time in which it must have come everywhere."""
    one.block()
    time.sleep(A_SECOND + SLACK)
    one.mark()


def poll(one: Pair) -> None:
    for side, _ in one.sides():
        side.come(["long poll", "long poll by cookie"])


def test_after_a_block_neither_shows_on_a_screen_of_the_other(house: Product) -> None:
    with pair(house) as one:
        assert_each_shows_on_the_others_screens(one)
        part(one)
        poll(one)
        do_everything(one)
        time.sleep(SWEPT)
        assert leaks(one) == []
        one.pablo.go()
        time.sleep(1.5)
        one.pablo.come()
        time.sleep(1.5)
        assert leaks(one) == [], "he goes and comes"


def test_after_the_block_is_lifted_they_reach_each_other_again(house: Product) -> None:
    with pair(house, 3) as one:
        part(one)
        one.unblock()
        for side, other in one.sides():
            side.watch(other.post)
        time.sleep(0.5)
        one.mark()
        assert_each_shows_on_the_others_screens(one)
        one.mark()
        one.befriend()
        hers, _ = doors_that_hear(one, whispers=True)
        everywhere(lambda: one.maria.shows("presence", one.pablo), hers, "his presence")


def test_who_is_no_friend_any_more_does_not_watch_what_is_for_friends(house: Product) -> None:
    with pair(house, 6) as one:
        maria, pablo = one.maria, one.pablo
        maria.post = maria.me.post("/api/posts/", content="For friends", visibility="friends").json()["id"]
        friend = house.login(house.people[9])
        request = friend.post(f"/api/friends/request/{maria.id}/").json()["request"]["id"]
        maria.me.post(f"/api/friends/accept/{request}/")
        pablo.watch(maria.post)
        time.sleep(0.5)
        pablo.mark()
        friend.post(f"/api/posts/{maria.post}/like/", action="like")
        watching = [name for name in pablo.followers if name.startswith(SOCKETS)]
        everywhere(lambda: pablo.shows("post_activity", maria), watching, "counts")
        maria.me.rest.delete(f"/api/friends/remove/{pablo.id}/").raise_for_status()
        time.sleep(A_SECOND + SLACK)
        pablo.mark()
        friend.post(f"/api/posts/{maria.post}/like/", action="unlike")
        time.sleep(1)
        assert pablo.shows("post_activity", maria) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("mistake", "bus", "seen"),
    [
        ("watches_outlive_rights", "heard", {"post_activity"}),
        ("ended_logins_unread", "deaf", {"post_activity"}),
        ("blocks_unasked", "heard", {"typing", "new_message", "messages_read", "post_edited"}),
    ],
)
def test_a_block_that_is_forgotten_somewhere_is_noticed(launch: Launch, mistake: str, bus: str, seen: set[str]) -> None:
    """What the tests above would see."""
    product = settled_in(launch, KINDS[0], lab(bus, LAB_MUTANT=mistake))
    with pair(product) as one:
        assert_each_shows_on_the_others_screens(one)
        part(one)
        poll(one)
        do_everything(one)
        time.sleep(SWEPT)
        assert {str(frame["type"]) for _, _, frame in leaks(one)} >= seen
