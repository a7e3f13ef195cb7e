"""Presence: one contract for both stores, and what friends get to see of it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from accounts.models import Block
from friends.actions.accept_request import accept_request
from friends.actions.remove_friend import remove_friend
from friends.actions.send_request import send_request
from friends.models import FriendRequest, Friendship
from friends.presence import audience
from streams.gateway.hub import Hub
from streams.presence import MemoryPresence, PresenceAway, PresenceStore, RedisPresence, current_presence, online
from tests.support.people import make_person
from tests.support.processes import free_port
from tests.support.profiles import Profile
from tests.support.redis import RedisServer
from tests.support.stream_world import eventually, in_thread, member, sse


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, profile: Profile) -> Iterator[PresenceStore]:
    """Both stores, to one specification."""
    if request.param == "memory":
        yield MemoryPresence()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    yield RedisPresence(url=server.url, prefix="test", timeout=1.0)


def test_who_holds_a_lease_is_online_until_it_ends(store: PresenceStore) -> None:
    assert store.hold("a", [1, 2], lease=0.2) == [1, 2]
    assert store.online([1, 2, 3]) == {1, 2}
    time.sleep(0.25)
    assert store.online([1, 2, 3]) == set()


def test_a_renewed_lease_is_no_news(store: PresenceStore) -> None:
    store.hold("a", [1], lease=10)
    assert store.hold("a", [1], lease=10) == []
    assert store.hold("b", [1, 2], lease=10) == [2]


def test_an_end_is_noticed_once_however_many_look(store: PresenceStore) -> None:
    store.hold("a", list(range(1, 101)), lease=0.1)
    time.sleep(0.15)
    found: list[int] = []

    def look() -> None:
        found.extend(store.expired())

    looking = [threading.Thread(target=look) for _ in range(8)]
    for thread in looking:
        thread.start()
    for thread in looking:
        thread.join()
    assert sorted(found) == list(range(1, 101))
    assert store.expired() == []


def test_leaving_one_gateway_is_not_leaving_while_another_holds(store: PresenceStore) -> None:
    store.hold("a", [1], lease=10)
    store.hold("b", [1], lease=10)
    store.release("a", [1], grace=0)
    time.sleep(0.05)
    assert store.expired() == []
    assert store.online([1]) == {1}
    store.release("b", [1], grace=0)
    time.sleep(0.05)
    assert store.online([1]) == set()
    assert store.expired() == [1]


def test_coming_back_within_the_grace_is_neither_going_nor_coming(store: PresenceStore) -> None:
    store.hold("a", [1], lease=10)
    store.release("a", [1], grace=5)
    assert store.online([1]) == {1}
    assert store.hold("b", [1], lease=10) == []
    assert store.expired() == []


def test_leaving_does_not_lengthen_a_lease_that_ends_sooner(store: PresenceStore) -> None:
    store.hold("a", [1], lease=0.1)
    store.release("a", [1], grace=10)
    time.sleep(0.15)
    assert store.online([1]) == set()


def test_a_late_release_of_somebody_unknown_brings_nobody_back(store: PresenceStore) -> None:
    store.release("a", [1], grace=10)
    assert store.online([1]) == set()
    assert store.hold("a", [1], lease=10) == [1]


def test_forgotten_is_gone_without_a_word(store: PresenceStore) -> None:
    store.hold("a", [1], lease=10)
    store.forget(1)
    assert store.online([1]) == set()
    assert store.expired() == []


def test_redis_keeps_nothing_of_who_is_gone(redis_server: RedisServer) -> None:
    store = RedisPresence(url=redis_server.url, prefix="test", timeout=1.0)
    store.hold("a", [1, 2], lease=0.05)
    time.sleep(0.1)
    assert sorted(store.expired()) == [1, 2]
    assert store._client.keys("*") == []


def test_a_dead_redis_costs_one_timeout_and_then_nothing() -> None:
    store = RedisPresence(url=f"redis://127.0.0.1:{free_port()}/0", prefix="test", timeout=0.2)
    with pytest.raises(PresenceAway):
        store.online([1])
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(PresenceAway):
            store.online([1])
    assert time.monotonic() - began < 0.1


@pytest.mark.django_db(transaction=True)
async def test_a_friend_who_is_here_sees_the_coming_and_after_the_grace_the_going(
    hub: Hub,
) -> None:
    maria, pablo = await member("maria"), await member("pablo")
    await in_thread(lambda: Friendship.between(maria.user, pablo.user).save())
    watching = sse(maria)
    await watching.until(lambda: watching.named("caught_up"))
    coming = sse(pablo)
    await watching.until(lambda: watching.named("presence"))
    assert watching.named("presence")[0]["data"] == {"type": "presence", "user": pablo.id, "online": True}
    await coming.hang_up()
    again = sse(pablo)
    await again.until(lambda: again.named("caught_up"))
    await asyncio.sleep(1)
    assert len(watching.named("presence")) == 1, "a reload is neither a going nor a coming"
    await again.hang_up()
    await watching.until(lambda: len(watching.named("presence")) == 2)
    assert watching.named("presence")[1]["data"] == {"type": "presence", "user": pablo.id, "online": False}
    await watching.hang_up()


@pytest.mark.django_db(transaction=True)
async def test_new_friends_see_each_other_at_once_and_no_longer_when_it_ends(hub: Hub) -> None:
    maria, pablo, ana = await member("maria"), await member("pablo"), await member("ana")
    here, there, elsewhere = sse(maria), sse(pablo), sse(ana)
    for one in (here, there, elsewhere):
        await one.until(partial(one.named, "caught_up"))
    await eventually(lambda: current_presence().online([maria.id, pablo.id]) == {maria.id, pablo.id})
    await in_thread(lambda: send_request(actor=maria.user, to_user_id=pablo.id))
    request = await in_thread(lambda: FriendRequest.objects.get().pk)
    await in_thread(lambda: accept_request(actor=pablo.user, request_id=request))
    for one, other in ((here, pablo), (there, maria)):
        await one.until(partial(one.named, "presence"))
        assert one.named("presence")[0]["data"] == {"type": "presence", "user": other.id, "online": True}
    await in_thread(lambda: remove_friend(actor=maria.user, friend_id=pablo.id))
    for one, other in ((here, pablo), (there, maria)):
        await one.until(lambda one=one: len(one.named("presence")) == 2)  # type: ignore[misc]
        assert one.named("presence")[1]["data"] == {"type": "presence", "user": other.id, "online": False}
    assert elsewhere.named("presence") == []
    for one in (here, there, elsewhere):
        await one.hang_up()


@pytest.mark.django_db(transaction=True)
async def test_a_gateway_that_died_is_buried_by_another_when_its_lease_ends(hub: Hub) -> None:
    maria, pablo = await member("maria"), await member("pablo")
    await in_thread(lambda: Friendship.between(maria.user, pablo.user).save())
    watching = sse(maria)
    await watching.until(lambda: watching.named("caught_up"))
    await in_thread(current_presence().hold, "a gateway that is dead now", [pablo.id], lease=0.3)
    assert await in_thread(online, [pablo.id]) == {pablo.id}
    await watching.until(lambda: watching.named("presence"))
    assert watching.named("presence")[0]["data"] == {"type": "presence", "user": pablo.id, "online": False}
    assert await in_thread(online, [pablo.id]) == set()
    await watching.hang_up()


@pytest.mark.django_db
def test_nobody_across_a_block_is_told() -> None:
    maria, pablo, ana = (make_person(name) for name in ("maria", "pablo", "ana"))
    Friendship.between(maria, pablo).save()
    Friendship.between(maria, ana).save()
    Block.objects.create(blocker=ana, blocked=maria)
    assert audience([maria.pk, ana.pk]) == {maria.pk: [pablo.pk], ana.pk: []}
