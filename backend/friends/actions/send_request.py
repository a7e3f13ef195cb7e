"""Ask somebody to be friends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.utils import timezone

from accounts.models import User
from accounts.people import Person
from accounts.selectors import active_member, has_blocked
from friends.errors import AlreadyFriends, AlreadyRequested, BlockedByYou, MemberNotFound, ToOneself
from friends.models import FriendRequest
from friends.pair import friendship_between, lock_pair, request_between
from notifications.events import Notification
from streams.record import Recorder, recording

from .accept_request import befriend

_EXAMPLE_TIME = "2026-11-23T06:20:01.123456Z"


class FriendRequested(Notification, type="friend_request", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the one asked: request `request_id` of `from_user` joins `friends/requests/`."""

    shelf: ClassVar[str] = "requests"

    request_id: int
    from_user: Person
    created_at: datetime

    def text(self) -> str:
        return f"{self.from_user.username} wants to be your friend"

    def link(self) -> str:
        return "/friends"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        return {"request_id": self.request_id, "from_user": self.from_user.bare()}

    @classmethod
    def example(cls) -> Self:
        return cls(
            request_id=107,
            from_user=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"),
            created_at=datetime.fromisoformat(_EXAMPLE_TIME),
        )


class FriendRequestSent(
    Notification, type="friend_request_sent", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """To the sender's own devices: request `request_id` to `to_user` joins `friends/requests/sent/`.

    It takes the place of an earlier one to the same person, if there is any.
    """

    silent: ClassVar[bool] = True

    request_id: int
    to_user: Person
    created_at: datetime

    def text(self) -> str:
        return f"You asked {self.to_user.username} to be your friend"

    def link(self) -> str:
        return "/friends"

    @classmethod
    def example(cls) -> Self:
        return cls(
            request_id=107,
            to_user=Person(id=3, username="maria", first_name="Maria", last_name="Lind"),
            created_at=datetime.fromisoformat(_EXAMPLE_TIME),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """The request that now waits, or none: it crossed one from the other side, and `to_user` is a friend already."""

    to_user: User
    request: FriendRequest | None


def send_request(*, actor: User, to_user_id: int) -> Sent:
    """Ask somebody; or accept, if they have asked the actor.

    Somebody who has blocked the actor never learns of the request, and the actor never learns of the block.

    Raises:
        ToOneself: nobody is their own friend.
        MemberNotFound: nobody has this id, or the account is closed.
        BlockedByYou: the actor has blocked them.
        AlreadyFriends: nothing to ask.
        AlreadyRequested: the actor's request waits already.
    """
    if to_user_id == actor.pk:
        raise ToOneself
    to_user = active_member(to_user_id)
    if to_user is None:
        raise MemberNotFound
    with recording() as log:
        lock_pair(actor.pk, to_user.pk)
        if has_blocked(actor.pk, to_user.pk):
            raise BlockedByYou
        if friendship_between(actor, to_user):
            raise AlreadyFriends
        waiting = request_between(actor, to_user)
        if waiting and waiting.to_user_id == actor.pk:
            befriend(log, request=waiting, sender=to_user, accepter=actor)
            return Sent(to_user, None)
        return Sent(to_user, _ask(log, actor, to_user, waiting))


def _ask(log: Recorder, actor: User, to_user: User, waiting: FriendRequest | None) -> FriendRequest:
    if waiting and waiting.state != FriendRequest.State.UNANSWERED:
        raise AlreadyRequested
    if waiting:
        waiting.delete()
    silenced = has_blocked(to_user.pk, actor.pk)
    request = FriendRequest.objects.create(
        from_user=actor,
        to_user=to_user,
        state=FriendRequest.State.SILENCED if silenced else FriendRequest.State.OPEN,
        created_at=timezone.now(),
    )
    if not silenced:
        log.add(
            to_user,
            FriendRequested(request_id=request.pk, from_user=Person.of(actor), created_at=request.created_at),
        )
    log.add(actor, FriendRequestSent(request_id=request.pk, to_user=Person.of(to_user), created_at=request.created_at))
    return request
