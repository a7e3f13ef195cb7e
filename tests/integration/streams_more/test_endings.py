"""A login that has ended has no connections a second later, whatever became of the hint."""

import asyncio

import pytest
from django.db import transaction

from accounts.models import Device, User
from streams.bus import Ended
from streams.endings import end_logins, endings_after, trim_endings
from streams.gateway.hub import Hub
from streams.gateway.identity import Identity
from streams.models import Ending
from tests.support.stream_world import in_thread, member, sse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deaf(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub that no hint reaches."""
    monkeypatch.setattr("streams.endings.publish_ended", lambda **_: None)
    return hub


async def test_the_row_alone_closes_the_connections_of_the_login_and_of_no_other(deaf: Hub) -> None:
    pablo, maria = await member("pablo"), await member("maria")
    first, other = sse(pablo), sse(maria)
    for one in (first, other):
        await one.until(lambda one=one: one.named("caught_up"))  # type: ignore[misc]
    await in_thread(lambda: Device.objects.get(user_id=pablo.id).delete())
    await first.done(within=2)
    assert first.named("close")[0]["data"]["code"] == 4004
    assert not other.complete
    await other.hang_up()


@pytest.mark.parametrize("change", ["password", "is_active"])
async def test_a_new_password_and_a_closed_account_end_every_login(deaf: Hub, change: str) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))

    def alter() -> None:
        user = User.objects.get(pk=pablo.id)
        if change == "password":
            user.set_password("another-long-password")
        else:
            user.is_active = False
        user.save()

    await in_thread(alter)
    await following.done(within=2)
    assert following.named("close")[0]["data"]["code"] == 4004


async def test_an_end_that_is_rolled_back_closes_nothing(deaf: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))

    def almost() -> None:
        with transaction.atomic():
            end_logins(user_id=pablo.id)
            transaction.set_rollback(True)

    await in_thread(almost)
    await asyncio.sleep(1.5)
    assert not following.complete
    await following.hang_up()


async def test_a_row_that_appears_below_one_already_seen_is_not_passed_over(deaf: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))

    def take_two_numbers_and_commit_the_second() -> int:
        end_logins(user_id=pablo.id + 1_000)
        end_logins(user_id=pablo.id + 1_000)
        first, second = (row.id for row in endings_after(0)[-2:])
        Ending.objects.filter(pk=first).delete()
        assert second > first
        return first

    number = await in_thread(take_two_numbers_and_commit_the_second)
    await deaf.chores.endings.round(0.0)
    await in_thread(lambda: Ending.objects.create(id=number, user_id=pablo.id, login_id=None, code=4004))
    await following.done(within=2)


async def test_a_login_that_ended_while_it_was_let_in_is_not_let_in(hub: Hub) -> None:
    pablo = await member("pablo")
    login = await in_thread(lambda: Device.objects.get(user_id=pablo.id).pk)
    hub.on_signals([Ended(pablo.id, [login], 4004)])
    late = await sse(pablo).done()
    assert late.status == 401
    assert not hub.by_user
    assert hub.chores.endings.has_ended(Identity(pablo.id, login, None))


async def test_what_ended_before_a_gateway_began_closes_nothing_there(hub: Hub) -> None:
    pablo = await member("pablo")
    await in_thread(end_logins, user_id=pablo.id)
    await hub.chores.endings.begin()
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))
    await asyncio.sleep(1.2)
    assert not following.complete
    await following.hang_up()


async def test_only_old_rows_are_trimmed(hub: Hub) -> None:
    await in_thread(end_logins, user_id=5)
    assert await in_thread(trim_endings) == 0
    await in_thread(lambda: Ending.objects.update(at="2020-01-01T00:00:00Z"))
    assert await in_thread(trim_endings) == 1
