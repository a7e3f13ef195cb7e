"""A person who goes leaves no data in other people's streams, and no hole."""

import json

import pytest
from django.db import transaction

from accounts.models import User
from accounts.people import Person
from chat.actions.send_message import NewMessage
from friends.actions.accept_request import FriendAccepted, accept_request
from friends.actions.send_request import send_request
from friends.models import FriendRequest
from notifications.models import InboxRow
from streams.erasure import erase, redact
from streams.gateway.hub import Hub
from streams.models import Entry, Mention, Stream
from streams.presence import current_presence, online
from streams.read import cursor_of, pages
from streams.record import recording
from streams.testing import run_jobs
from tests.support.people import PASSWORD, client_of, make_person
from tests.support.stream_world import in_thread, member, sse

pytestmark = pytest.mark.django_db(transaction=True)


def tell(to: User, about: User) -> None:
    with recording() as log:
        log.add(to, FriendAccepted(from_user=Person.of(about)))


def bodies(user: User) -> list[str]:
    page = pages([(user.pk, 0)], limit=100, size=1 << 22)[0]
    assert page is not None
    assert [seq for seq, _ in page.entries] == list(range(1, page.position.head + 1)), "no hole"
    return [body.decode() for _, body in page.entries]


def test_what_carries_the_person_is_emptied_in_place_and_nothing_else() -> None:
    maria, pablo, ana = (make_person(name) for name in ("maria", "pablo", "ana"))
    tell(maria, pablo)
    tell(maria, ana)
    tell(maria, pablo)
    before = cursor_of(maria.pk)
    assert redact(user_id=pablo.pk) == 2
    left = bodies(maria)
    assert [json.loads(one)["type"] for one in left] == ["redacted", "friend_accepted", "redacted"]
    assert "pablo" not in "".join(left).lower()
    assert "at" in json.loads(left[0])
    assert cursor_of(maria.pk) == before
    assert redact(user_id=pablo.pk) == 0


def test_a_person_who_is_not_the_one_an_entry_names_is_found_too() -> None:
    maria, pablo, ana = (make_person(name) for name in ("maria", "pablo", "ana"))
    card = NewMessage.example().message
    involved = Person.of(pablo), Person.of(ana)
    changed = type(card)(
        id=pablo.pk,
        sender=involved[0],
        receiver=involved[1],
        content="hello",
        created_at=card.created_at,
        client_id="c",
    )
    with recording() as log:
        log.add(maria, NewMessage(message=changed))
        log.add(maria, FriendAccepted(from_user=Person.of(maria)))
    assert Mention.objects.filter(person_id=ana.pk, stream_id=maria.pk).exists()
    assert redact(user_id=ana.pk) == 1
    assert [json.loads(one)["type"] for one in bodies(maria)] == ["redacted", "friend_accepted"]


def test_a_message_that_has_the_persons_number_by_chance_is_left_alone() -> None:
    maria, pablo, ana = (make_person(name) for name in ("maria", "pablo", "ana"))
    card = NewMessage.example().message
    same_number = type(card)(
        id=ana.pk,
        sender=Person.of(pablo),
        receiver=Person.of(maria),
        content="",
        created_at=card.created_at,
        client_id=None,
    )
    with recording() as log:
        log.add(maria, NewMessage(message=same_number))
    Mention.objects.create(person_id=ana.pk, stream_id=maria.pk)
    assert redact(user_id=ana.pk) == 0


def test_an_entry_of_a_release_that_is_gone_is_looked_through_by_shape() -> None:
    maria, ana = make_person("maria"), make_person("ana")
    tell(maria, ana)
    gone = {"at": "2026-11-23T06:20:01.123456Z", "type": "poke", "by": [{"id": ana.pk, "username": "ana"}]}
    Entry.objects.update(body=json.dumps(gone), type="poke", about_id=None)
    Mention.objects.create(person_id=ana.pk, stream_id=maria.pk)
    assert redact(user_id=ana.pk) == 1


def test_what_was_being_written_when_they_went_is_emptied_by_the_second_pass() -> None:
    maria, pablo = make_person("maria"), make_person("pablo")
    with transaction.atomic():
        erase(user_id=pablo.pk)
    run_jobs()
    tell(maria, pablo)  # stands for a transaction that had begun before and commits now
    from streams.models import Job

    later = Job.objects.get(kind="streams.redact")
    Job.objects.filter(pk=later.pk).update(due_at="2020-01-01T00:00:00Z")
    run_jobs()
    assert [json.loads(one)["type"] for one in bodies(maria)] == ["redacted"]


async def test_their_sockets_end_and_they_are_no_longer_online(hub: Hub) -> None:
    pablo = await member("pablo")
    following = sse(pablo)
    await following.until(lambda: following.named("caught_up"))
    await in_thread(current_presence().hold, "somewhere", [pablo.id], lease=30)

    def go() -> None:
        with transaction.atomic():
            erase(user_id=pablo.id)

    await in_thread(go)
    await following.done(within=2)
    assert await in_thread(online, [pablo.id]) == set()


async def test_a_deleted_account_is_gone_from_lists_inboxes_streams_and_sockets(hub: Hub) -> None:
    maria, pablo = await member("maria"), await member("pablo")

    def befriend() -> None:
        send_request(actor=pablo.user, to_user_id=maria.id)
        accept_request(actor=maria.user, request_id=FriendRequest.objects.get().pk)

    await in_thread(befriend)
    await in_thread(lambda: tell(maria.user, pablo.user))
    assert await in_thread(InboxRow.objects.filter(user_id=maria.id).count)
    watching, leaving = sse(maria), sse(pablo)
    for one in (watching, leaving):
        await one.until(lambda one=one: one.named("caught_up"))  # type: ignore[misc]

    def leave(password: str) -> int:
        client = client_of(pablo.user)
        return int(client.delete("/api/auth/me/", {"password": password}, format="json").status_code)

    assert await in_thread(leave, "not my password") == 403
    assert await in_thread(User.objects.filter(pk=pablo.id).exists)
    assert await in_thread(leave, PASSWORD) == 204
    await leaving.done(within=2)
    await watching.until(lambda: watching.named("message"))
    assert watching.named("message")[-1]["data"]["type"] == "friend_removed"
    await in_thread(run_jobs)
    assert not await in_thread(User.objects.filter(pk=pablo.id).exists)
    assert not await in_thread(Stream.objects.filter(pk=pablo.id).exists)
    assert not await in_thread(Entry.objects.filter(stream_id=pablo.id).exists)
    assert "pablo" not in "".join(await in_thread(bodies, maria.user)).lower()
    assert not await in_thread(InboxRow.objects.filter(user_id=maria.id).count)
    refused = await sse(pablo).done()
    assert refused.status == 401
    await watching.hang_up()
