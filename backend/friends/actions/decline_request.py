"""Decline a friend request. Nothing is shown to the sender; the request just leaves the list of those that wait."""

from typing import ClassVar, Self

from accounts.models import User
from accounts.people import Person
from friends.errors import RequestNotFound
from friends.models import FriendRequest
from friends.pair import lock_pair
from notifications.events import Notification, Settled
from streams.record import recording

from .cancel_request import FriendRequestWithdrawn


class FriendRequestDeclined(
    Notification, type="friend_request_declined", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """To the decliner's own devices: request `request_id` of `from_user` leaves `friends/requests/`."""

    silent: ClassVar[bool] = True

    request_id: int
    from_user: Person

    def text(self) -> str:
        return f"You declined {self.from_user.username}'s friend request"

    def link(self) -> str:
        return "/friends"

    def settles(self) -> Settled | None:
        return Settled("friend_request", self.target())

    @classmethod
    def example(cls) -> Self:
        return cls(request_id=107, from_user=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"))


def decline_request(*, actor: User, request_id: int) -> User:
    """End an open request to the actor; who had sent it.

    Raises:
        RequestNotFound: there is none with this id, it is not to the actor, or it is no longer open.
    """
    waiting = FriendRequest.objects.filter(pk=request_id, to_user=actor, state=FriendRequest.State.OPEN)
    request = waiting.select_related("from_user__profile").first()
    if request is None:
        raise RequestNotFound
    with recording() as log:
        lock_pair(actor.pk, request.from_user_id)
        if not waiting.delete()[0]:
            raise RequestNotFound
        log.add(request.from_user, FriendRequestWithdrawn(request_id=request_id, to_user=Person.of(actor)))
        log.add(actor, FriendRequestDeclined(request_id=request_id, from_user=Person.of(request.from_user)))
    return request.from_user
