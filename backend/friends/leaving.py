"""When a member's account is deleted, their friends' lists change like when a friend ends the friendship."""

from typing import Any

from django.dispatch import receiver

from accounts.actions.delete_account import account_closing
from accounts.models import User
from accounts.people import Person
from streams.record import Recorder

from .actions.remove_friend import FriendRemoved
from .selectors import friend_ids


@receiver(account_closing)
def leave_friends(sender: Any, user: User, log: Recorder, **kwargs: Any) -> None:
    """Tell all friends. The event carries the person and is emptied with the rest: who is offline now reads a new list."""
    log.add(list(friend_ids(user.pk)), FriendRemoved(from_user=Person.of(user)))
