"""Block somebody: from now on nothing of theirs reaches the actor, and they cannot tell.

A friendship ends as any friendship can. A request that the actor sent is taken back, as any can be. A request that the
actor received only goes out of the actor's sight: if it vanished from its sender's list, that would tell them.
"""

from typing import ClassVar, Self

from accounts.models import Block, User
from accounts.people import Person
from accounts.selectors import active_member
from friends.errors import BlockingOneself, MemberNotFound
from friends.models import FriendRequest
from friends.pair import friendship_between, lock_pair, request_between
from friends.presence import hide_from_each_other
from notifications.events import Notification, TakenBack
from streams.endings import watch_again
from streams.record import Recorder, recording

from .cancel_request import FriendRequestCancelled
from .remove_friend import FriendRemoved


class PersonBlocked(Notification, type="person_blocked", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the blocker's own devices: `person` joins `blocks/` and leaves `friends/` and both lists of requests."""

    silent: ClassVar[bool] = True

    person: Person

    def text(self) -> str:
        return f"You blocked {self.person.username}"

    def link(self) -> str:
        return "/settings/blocked"

    def takes_back(self) -> tuple[TakenBack, ...]:
        return (TakenBack("friend_request", f"person:{self.person.id}", (self.person.id,)),)

    @classmethod
    def example(cls) -> Self:
        return cls(person=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"))


def block(*, actor: User, user_id: int) -> User:
    """Block a member; whom. Blocking twice is blocking once.

    Raises:
        BlockingOneself: that is not a thing.
        MemberNotFound: nobody has this id, or the account is closed.
    """
    if user_id == actor.pk:
        raise BlockingOneself
    blocked = active_member(user_id)
    if blocked is None:
        raise MemberNotFound
    with recording() as log:
        lock_pair(actor.pk, blocked.pk)
        _, new = Block.objects.get_or_create(blocker=actor, blocked=blocked)
        if new:
            _part(log, actor, blocked)
            watch_again((actor.pk, blocked.pk))
            log.add(actor, PersonBlocked(person=Person.of(blocked)))
    return blocked


def _part(log: Recorder, actor: User, blocked: User) -> None:
    if friendship := friendship_between(actor, blocked):
        friendship.delete()
        log.add(blocked, FriendRemoved(from_user=Person.of(actor)))
        hide_from_each_other(log, actor.pk, blocked.pk)
    request = request_between(actor, blocked)
    if request is None:
        return
    if request.to_user_id == actor.pk:
        request.state = FriendRequest.State.SILENCED
        request.save(update_fields=["state"])
        return
    if request.state == FriendRequest.State.OPEN:
        log.add(blocked, FriendRequestCancelled(request_id=request.pk, from_user=Person.of(actor)))
    request.delete()
