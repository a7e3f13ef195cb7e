"""Take a friend request back."""

from typing import ClassVar, Self

from accounts.models import User
from accounts.people import Person
from friends.errors import RequestNotFound
from friends.models import FriendRequest
from friends.pair import lock_pair
from notifications.events import Notification, TakenBack
from streams.record import Recorder, recording


class FriendRequestCancelled(
    Notification, type="friend_request_cancelled", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """To the one asked: request `request_id` of `from_user` leaves `friends/requests/`."""

    silent: ClassVar[bool] = True

    request_id: int
    from_user: Person

    def text(self) -> str:
        return f"{self.from_user.username} took back a friend request"

    def link(self) -> str:
        return "/friends"

    def takes_back(self) -> tuple[TakenBack, ...]:
        return (TakenBack("friend_request", self.target(), (self.from_user.id,)),)

    @classmethod
    def example(cls) -> Self:
        return cls(request_id=107, from_user=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"))


class FriendRequestWithdrawn(
    Notification, type="friend_request_withdrawn", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """To the sender: request `request_id` to `to_user` leaves `friends/requests/sent/`, taken back or declined.

    It does not say which: a decline is not announced.
    """

    silent: ClassVar[bool] = True

    request_id: int
    to_user: Person

    def text(self) -> str:
        return f"Your friend request to {self.to_user.username} is no longer open"

    def link(self) -> str:
        return "/friends"

    @classmethod
    def example(cls) -> Self:
        return cls(request_id=107, to_user=Person(id=3, username="maria", first_name="Maria", last_name="Lind"))


def cancel_request(*, actor: User, to_user_id: int) -> None:
    """Delete the actor's request to somebody.

    Raises:
        RequestNotFound: there is none, or it has been accepted.
    """
    to_user = User.objects.select_related("profile").filter(pk=to_user_id).first()
    if to_user is None:
        raise RequestNotFound
    with recording() as log:
        lock_pair(actor.pk, to_user.pk)
        request = FriendRequest.objects.filter(from_user=actor, to_user=to_user).first()
        if request is None:
            raise RequestNotFound
        withdraw(log, request=request, actor=actor, to_user=to_user)


def withdraw(log: Recorder, *, request: FriendRequest, actor: User, to_user: User) -> None:
    """Take a request off both lists. The caller holds the pair's lock."""
    if request.state == FriendRequest.State.OPEN:
        log.add(to_user, FriendRequestCancelled(request_id=request.pk, from_user=Person.of(actor)))
    log.add(actor, FriendRequestWithdrawn(request_id=request.pk, to_user=Person.of(to_user)))
    request.delete()
