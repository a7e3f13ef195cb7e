"""Unblock somebody. What ended with the block stays ended."""

from typing import ClassVar, Self

from accounts.models import Block, User
from accounts.people import Person
from friends.models import FriendRequest
from friends.pair import lock_pair
from notifications.events import Notification
from streams.record import recording


class PersonUnblocked(Notification, type="person_unblocked", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the blocker's own devices: `person` leaves `blocks/`."""

    silent: ClassVar[bool] = True

    person: Person

    def text(self) -> str:
        return f"You unblocked {self.person.username}"

    def link(self) -> str:
        return f"/people/{self.person.username}"

    @classmethod
    def example(cls) -> Self:
        return cls(person=Person(id=4, username="jonas", first_name="Jonas", last_name="Berg"))


def unblock(*, actor: User, user_id: int) -> None:
    """Lift the actor's block of somebody, if there is one.

    A request that waited unseen stays unanswered, but its sender may ask again.
    """
    person = User.objects.select_related("profile").filter(pk=user_id).first()
    if person is None:
        return
    with recording() as log:
        lock_pair(actor.pk, person.pk)
        deleted, _ = Block.objects.filter(blocker=actor, blocked=person).delete()
        if not deleted:
            return
        FriendRequest.objects.filter(from_user=person, to_user=actor, state=FriendRequest.State.SILENCED).update(
            state=FriendRequest.State.UNANSWERED
        )
        log.add(actor, PersonUnblocked(person=Person.of(person)))
