"""The same message many times at the same moment: one row, one event, and everybody is told of that one."""

import pytest

from accounts.models import User
from chat.actions.mark_read import mark_conversation_read
from chat.actions.send_message import Sent, send_message
from chat.models import Conversation, Message
from tests.support.people import entries_of, make_person, types_of
from tests.support.social import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two() -> tuple[User, User]:
    return make_person("maria"), make_person("pablo")


def test_parallel_repeats_are_one_message(two: tuple[User, User]) -> None:
    maria, pablo = two
    for key in ("a", "b", "c", "d"):
        call = lambda key=key: send_message(actor=maria, receiver_id=pablo.pk, content="x", client_id=key)  # noqa: E731
        outcomes = at_once(*[call] * 6)
        sent = [one for one in outcomes if isinstance(one, Sent)]
        assert len(sent) == 6, outcomes
        assert len({one.message.pk for one in sent}) == 1
        assert sorted(one.repeated for one in sent) == [False] + [True] * 5
    assert Message.objects.count() == 4
    assert types_of(pablo) == types_of(maria) == ["new_message"] * 4


def test_parallel_repeats_to_different_people_are_one_message(two: tuple[User, User]) -> None:
    maria, pablo = two
    ines = make_person("ines")
    for key in ("a", "b", "c", "d"):
        calls = [
            lambda to=to, key=key: send_message(actor=maria, receiver_id=to.pk, content="x", client_id=key)
            for to in (pablo, ines) * 2
        ]
        sent = [one for one in at_once(*calls) if isinstance(one, Sent)]
        assert len(sent) == 4
        assert len({one.message.pk for one in sent}) == 1
    assert types_of(maria) == ["new_message"] * 4


def test_messages_both_ways_and_reading_leave_exact_counts(two: tuple[User, User]) -> None:
    maria, pablo = two
    for _ in range(4):
        at_once(
            lambda: send_message(actor=maria, receiver_id=pablo.pk, content="x"),
            lambda: send_message(actor=pablo, receiver_id=maria.pk, content="y"),
            lambda: mark_conversation_read(actor=pablo, other_id=maria.pk),
            lambda: send_message(actor=maria, receiver_id=pablo.pk, content="z"),
        )
    for owner, other in ((maria, pablo), (pablo, maria)):
        side = Conversation.objects.get(owner=owner)
        to_owner = Message.objects.filter(sender=other, receiver=owner)
        assert side.unread == to_owner.filter(pk__gt=side.read_up_to).count()
        assert side.last_message_id == Message.objects.latest("pk").pk
        theirs = Conversation.objects.get(owner=other)
        assert side.read_up_to == theirs.seen_up_to
        shown = [entry["message"]["id"] for entry in entries_of(owner) if entry["type"] == "new_message"]
        assert shown == sorted(Message.objects.values_list("pk", flat=True))
