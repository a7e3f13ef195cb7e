"""Two people, or two devices of one, decide at the same instant: one consistent state, and exactly one event of each
kind.

Real threads with connections of their own, let go together, many rounds each; on PostgreSQL their transactions overlap,
on SQLite its one writer orders them.
"""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import close_old_connections, connection

from accounts.models import Block, User
from accounts.problems import Problem
from friends.actions.accept_request import accept_request
from friends.actions.block import block
from friends.actions.cancel_request import cancel_request
from friends.actions.decline_request import decline_request
from friends.actions.remove_friend import remove_friend
from friends.actions.send_request import send_request
from friends.actions.unblock import unblock
from friends.models import FriendRequest, Friendship
from tests.support.people import make_person, types_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12
Call = Callable[[], object]


def at_once(*calls: Call) -> list[str]:
    """Run each call in a thread of its own, all let go together; what came of each: `done`, or the name of its refusal."""
    outcomes = ["" for _ in calls]
    gate = threading.Barrier(len(calls))

    def run(number: int, call: Call) -> None:
        try:
            close_old_connections()
            gate.wait(10)
            call()
            outcomes[number] = "done"
        except Problem as refused:
            outcomes[number] = type(refused).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(outcomes), "a call neither finished nor was refused"
    return outcomes


def pairs() -> Sequence[tuple[User, User]]:
    return [(make_person(f"maria{number}"), make_person(f"pablo{number}")) for number in range(ROUNDS)]


def asked(sender: User, to: User) -> int:
    request = send_request(actor=sender, to_user_id=to.pk).request
    assert request is not None
    return request.pk


def counted(user: User, wire_type: str) -> int:
    return types_of(user).count(wire_type)


def friends(one: User, other: User) -> bool:
    low, high = sorted((one.pk, other.pk))
    return Friendship.objects.filter(low_id=low, high_id=high).exists()


def requests(one: User, other: User) -> int:
    people = [one.pk, other.pk]
    return FriendRequest.objects.filter(from_user__in=people, to_user__in=people).count()


def test_two_accepts_at_once_are_one() -> None:
    for maria, pablo in pairs():
        number = asked(pablo, maria)
        call = lambda: accept_request(actor=maria, request_id=number)  # noqa: E731, B023
        assert at_once(call, call, call) == ["done"] * 3
        assert friends(maria, pablo)
        assert counted(pablo, "friend_accepted") == counted(maria, "friend_added") == 1


def test_an_accept_and_a_cancel_have_one_winner() -> None:
    for maria, pablo in pairs():
        number = asked(pablo, maria)
        accepted, cancelled = at_once(
            lambda: accept_request(actor=maria, request_id=number),  # noqa: B023
            lambda: cancel_request(actor=pablo, to_user_id=maria.pk),  # noqa: B023
        )
        assert (accepted, cancelled) in {("done", "RequestNotFound"), ("RequestNotFound", "done")}
        won = accepted == "done"
        assert friends(maria, pablo) == won
        assert requests(maria, pablo) == 0
        assert counted(pablo, "friend_accepted") == counted(maria, "friend_added") == won
        assert counted(maria, "friend_request_cancelled") == counted(pablo, "friend_request_withdrawn") == (not won)


def test_requests_that_cross_at_once_make_one_friendship() -> None:
    for maria, pablo in pairs():
        outcomes = at_once(
            lambda: send_request(actor=maria, to_user_id=pablo.pk),  # noqa: B023
            lambda: send_request(actor=pablo, to_user_id=maria.pk),  # noqa: B023
        )
        assert outcomes == ["done", "done"]
        assert friends(maria, pablo)
        assert requests(maria, pablo) == 0
        told = [counted(user, "friend_accepted") for user in (maria, pablo)]
        assert sorted(told) == [0, 1]
        assert sum(counted(user, "friend_request") for user in (maria, pablo)) == 1


def test_the_same_request_from_two_devices_is_one() -> None:
    for maria, pablo in pairs():
        call = lambda: send_request(actor=pablo, to_user_id=maria.pk)  # noqa: E731, B023
        assert sorted(at_once(call, call, call)) == ["AlreadyRequested", "AlreadyRequested", "done"]
        assert requests(maria, pablo) == 1
        assert counted(maria, "friend_request") == counted(pablo, "friend_request_sent") == 1


def test_an_accept_and_a_decline_have_one_winner() -> None:
    for maria, pablo in pairs():
        number = asked(pablo, maria)
        accepted, declined = at_once(
            lambda: accept_request(actor=maria, request_id=number),  # noqa: B023
            lambda: decline_request(actor=maria, request_id=number),  # noqa: B023
        )
        assert {accepted, declined} == {"done", "RequestNotFound"}
        assert friends(maria, pablo) == (accepted == "done")
        assert counted(maria, "friend_request_declined") == (declined == "done")


def test_an_accept_and_a_block_end_apart() -> None:
    for maria, pablo in pairs():
        number = asked(pablo, maria)
        accepted, blocked = at_once(
            lambda: accept_request(actor=maria, request_id=number),  # noqa: B023
            lambda: block(actor=maria, user_id=pablo.pk),  # noqa: B023
        )
        assert blocked == "done"
        assert not friends(maria, pablo)
        first = accepted == "done"
        assert counted(pablo, "friend_accepted") == counted(pablo, "friend_removed") == first
        assert requests(maria, pablo) == (not first)


def test_a_sender_who_blocks_while_the_other_accepts_ends_apart() -> None:
    for maria, pablo in pairs():
        number = asked(pablo, maria)
        accepted, blocked = at_once(
            lambda: accept_request(actor=maria, request_id=number),  # noqa: B023
            lambda: block(actor=pablo, user_id=maria.pk),  # noqa: B023
        )
        assert blocked == "done"
        assert not friends(maria, pablo)
        assert requests(maria, pablo) == 0
        first = accepted == "done"
        assert counted(maria, "friend_removed") == counted(pablo, "friend_accepted") == first
        assert counted(maria, "friend_request_cancelled") == (not first)


def test_a_request_and_a_block_leave_nothing_to_see() -> None:
    for maria, pablo in pairs():
        asked_, blocked = at_once(
            lambda: send_request(actor=pablo, to_user_id=maria.pk),  # noqa: B023
            lambda: block(actor=maria, user_id=pablo.pk),  # noqa: B023
        )
        assert (asked_, blocked) == ("done", "done")
        assert FriendRequest.objects.get(from_user=pablo).state == FriendRequest.State.SILENCED


def test_both_remove_each_other_at_once_and_it_ends_once() -> None:
    for maria, pablo in pairs():
        accept_request(actor=maria, request_id=asked(pablo, maria))
        outcomes = at_once(
            lambda: remove_friend(actor=maria, friend_id=pablo.pk),  # noqa: B023
            lambda: remove_friend(actor=pablo, friend_id=maria.pk),  # noqa: B023
        )
        assert sorted(outcomes) == ["NotFriends", "done"]
        assert counted(maria, "friend_removed") + counted(pablo, "friend_removed") == 1


def test_two_blocks_at_once_are_one() -> None:
    for maria, pablo in pairs():
        shut = lambda: block(actor=maria, user_id=pablo.pk)  # noqa: E731, B023
        assert at_once(shut, shut) == ["done", "done"]
        assert Block.objects.filter(blocker=maria).count() == counted(maria, "person_blocked") == 1
        opened = lambda: unblock(actor=maria, user_id=pablo.pk)  # noqa: E731, B023
        assert at_once(opened, opened) == ["done", "done"]
        assert counted(maria, "person_unblocked") == 1


def test_everybody_asks_everybody_at_once_and_nothing_is_lost_or_doubled() -> None:
    people = [make_person(f"person{number}") for number in range(5)]
    calls = [
        (lambda actor=actor, other=other: send_request(actor=actor, to_user_id=other.pk))
        for actor in people
        for other in people
        if actor != other
    ]
    assert set(at_once(*calls)) == {"done"}
    assert Friendship.objects.count() == 10
    assert not FriendRequest.objects.exists()
    assert sum(counted(user, "friend_accepted") for user in people) == 10
    assert sum(counted(user, "friend_added") for user in people) == 10
    assert sum(counted(user, "friend_request") for user in people) == 10
