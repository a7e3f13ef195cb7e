"""The second tick: told once, exactly up to what a device has, and for free where nothing waits."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from chat.models import Conversation
from streams.acks import Acknowledged, keep_acks
from streams.models import Stream
from tests.support.people import client_of, entries_of, types_of
from tests.support.social import block

pytestmark = pytest.mark.django_db(transaction=True)


def write(client: APIClient, to: User, *words: str) -> list[int]:
    found = [client.post("/api/messages/", {"receiver_id": to.pk, "content": one}, format="json") for one in words]
    return [response.data["id"] for response in found]


def has(user: User, seq: int | None = None, *, login: int = 1) -> None:
    """A device of this user acknowledges everything, or up to an entry."""
    stream = Stream.objects.get(pk=user.pk)
    keep_acks([Acknowledged(login, user.pk, stream.epoch, stream.head if seq is None else seq)])


def ticks(client: APIClient, other: User) -> list[bool]:
    return [one["is_delivered"] for one in client.get(f"/api/messages/conversation/{other.pk}/").data]


def test_the_sender_is_told_when_a_device_of_the_receiver_has_it(maria: User, pablo: User) -> None:
    mine = client_of(maria)
    number = write(mine, pablo, "Are you there?")[0]
    assert ticks(mine, pablo) == [False]
    has(pablo)
    assert ticks(mine, pablo) == [True]
    told = entries_of(maria)[-1]
    assert told["type"] == "messages_delivered"
    assert (told["by"], told["with"], told["up_to"]) == (pablo.pk, maria.pk, number)
    assert types_of(pablo) == ["new_message"]


def test_only_what_was_acknowledged_is_delivered(maria: User, pablo: User) -> None:
    mine = client_of(maria)
    write(mine, pablo, "one", "two", "three")
    has(pablo, 2)
    assert ticks(mine, pablo) == [True, True, False]
    has(pablo, 3)
    assert ticks(mine, pablo) == [True, True, True]


def test_a_second_device_says_nothing_new(maria: User, pablo: User) -> None:
    write(client_of(maria), pablo, "one")
    has(pablo, login=1)
    has(pablo, login=2)
    assert types_of(maria).count("messages_delivered") == 1


def test_each_of_several_senders_is_told_of_their_own(maria: User, pablo: User, ines: User) -> None:
    write(client_of(maria), pablo, "one")
    write(client_of(ines), pablo, "two", "three")
    has(pablo, 2)
    assert ticks(client_of(maria), pablo) == [True]
    assert ticks(client_of(ines), pablo) == [True, False]


def test_where_nothing_waits_an_acknowledgement_costs_one_look(
    maria: User, pablo: User, django_assert_num_queries: Any
) -> None:
    write(client_of(maria), pablo, "one")
    write(client_of(pablo), maria, "two")
    has(pablo, 1)
    stream = Stream.objects.get(pk=pablo.pk)
    with django_assert_num_queries(2):
        keep_acks([Acknowledged(1, pablo.pk, stream.epoch, stream.head)])


def test_what_is_read_is_delivered_and_told_as_read_alone(maria: User, pablo: User) -> None:
    write(client_of(maria), pablo, "one")
    client_of(pablo).post(f"/api/messages/conversation/{maria.pk}/read/")
    assert ticks(client_of(maria), pablo) == [True]
    has(pablo)
    assert "messages_delivered" not in types_of(maria)


def test_an_acknowledgement_of_a_lost_epoch_delivers_nothing(maria: User, pablo: User) -> None:
    write(client_of(maria), pablo, "one")
    keep_acks([Acknowledged(1, pablo.pk, "lost", 1)])
    assert ticks(client_of(maria), pablo) == [False]


def test_who_was_blocked_stays_with_one_tick(maria: User, pablo: User) -> None:
    mine = client_of(maria)
    write(mine, pablo, "before")
    block(pablo, maria)
    write(mine, pablo, "after")
    has(pablo)
    assert ticks(mine, pablo) == [False, False]
    assert not Conversation.objects.filter(undelivered=True).exists()
