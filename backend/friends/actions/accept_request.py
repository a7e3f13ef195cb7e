"""Accept a friend request."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import QuerySet

from accounts.models import User
from accounts.people import Person
from friends.errors import RequestNotFound
from friends.models import FriendRequest, Friendship
from friends.pair import lock_pair
from friends.presence import show_each_other
from notifications.events import Notification, Settled
from streams.record import Recorder, recording


class FriendAccepted(Notification, type="friend_accepted", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the sender of a request: `from_user` accepted it. They join `friends/` and leave `friends/requests/sent/`."""

    from_user: Person

    def text(self) -> str:
        return f"{self.from_user.username} accepted your friend request"

    def link(self) -> str:
        return f"/people/{self.from_user.username}"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        return {"friend": self.from_user.bare()}

    @classmethod
    def example(cls) -> Self:
        return cls(from_user=Person(id=3, username="maria", first_name="Maria", last_name="Lind"))


class FriendAdded(Notification, type="friend_added", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the accepter's own devices: `friend` joins `friends/`; request `request_id` leaves `friends/requests/`."""

    silent: ClassVar[bool] = True

    friend: Person
    request_id: int

    def text(self) -> str:
        return f"You and {self.friend.username} are friends now"

    def link(self) -> str:
        return f"/people/{self.friend.username}"

    def settles(self) -> Settled | None:
        return Settled("friend_request", f"person:{self.friend.id}")

    @classmethod
    def example(cls) -> Self:
        return cls(friend=Person(id=9, username="pablo", first_name="Pablo", last_name="Reyes"), request_id=107)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The new friend, and whether this call made them one: a repeat tells the same and does nothing."""

    friend: User
    repeated: bool


def accept_request(*, actor: User, request_id: int) -> Accepted:
    """Make friends with the sender of an open request to the actor.

    Raises:
        RequestNotFound: there is none with this id, it is not to the actor, or it is no longer open.
    """
    sender = _sender(actor, request_id)
    if sender is None:
        return _accepted_before(actor, request_id)
    with recording() as log:
        lock_pair(actor.pk, sender.pk)
        if request := _open(actor, request_id).first():
            befriend(log, request=request, sender=sender, accepter=actor)
            return Accepted(sender, repeated=False)
    return _accepted_before(actor, request_id)


def befriend(log: Recorder, *, request: FriendRequest, sender: User, accepter: User) -> None:
    """Turn a request into a friendship. The caller holds the pair's lock."""
    friendship = Friendship.between(sender, accepter)
    friendship.accepted_request = request.pk
    friendship.accepted_by = accepter
    friendship.save(force_insert=True)
    log.add(sender, FriendAccepted(from_user=Person.of(accepter)))
    log.add(accepter, FriendAdded(friend=Person.of(sender), request_id=request.pk))
    request.delete()
    show_each_other(log, sender.pk, accepter.pk)


def _open(actor: User, request_id: int) -> QuerySet[FriendRequest]:
    return FriendRequest.objects.filter(pk=request_id, to_user=actor, state=FriendRequest.State.OPEN)


def _sender(actor: User, request_id: int) -> User | None:
    request = _open(actor, request_id).select_related("from_user__profile").first()
    return request.from_user if request and request.from_user.is_active else None


def _accepted_before(actor: User, request_id: int) -> Accepted:
    friendship = (
        Friendship.objects.filter(accepted_request=request_id, accepted_by=actor)
        .select_related("low__profile", "high__profile")
        .first()
    )
    if friendship is None:
        raise RequestNotFound
    return Accepted(friendship.other(actor.pk), repeated=True)
