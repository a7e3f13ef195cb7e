"""End a friendship."""

from typing import ClassVar, Self

from accounts.models import User
from accounts.people import Person
from friends.errors import NotFriends
from friends.pair import friendship_between, lock_pair
from friends.presence import hide_from_each_other
from notifications.events import Notification
from streams.endings import watch_again
from streams.record import recording


class FriendRemoved(Notification, type="friend_removed", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the other side: `from_user` leaves `friends/`."""

    silent: ClassVar[bool] = True

    from_user: Person

    def text(self) -> str:
        return f"You and {self.from_user.username} are no longer friends"

    def link(self) -> str:
        return "/friends"

    @classmethod
    def example(cls) -> Self:
        return cls(from_user=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"))


class FriendDropped(Notification, type="friend_dropped", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the remover's own devices: `friend` leaves `friends/`."""

    silent: ClassVar[bool] = True

    friend: Person

    def text(self) -> str:
        return f"You and {self.friend.username} are no longer friends"

    def link(self) -> str:
        return "/friends"

    @classmethod
    def example(cls) -> Self:
        return cls(friend=Person(id=3, username="maria", first_name="Maria", last_name="Lind"))


def remove_friend(*, actor: User, friend_id: int) -> User:
    """End the actor's friendship with somebody; whom.

    Raises:
        NotFriends: there is none, or nobody has this id.
    """
    friend = User.objects.select_related("profile").filter(pk=friend_id).first()
    if friend is None:
        raise NotFriends
    with recording() as log:
        lock_pair(actor.pk, friend.pk)
        friendship = friendship_between(actor, friend)
        if friendship is None:
            raise NotFriends
        friendship.delete()
        log.add(friend, FriendRemoved(from_user=Person.of(actor)))
        log.add(actor, FriendDropped(friend=Person.of(friend)))
        hide_from_each_other(log, actor.pk, friend.pk)
        watch_again((actor.pk, friend.pk))
    return friend
