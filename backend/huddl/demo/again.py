"""Put the two people of /demo back to where the scene begins: the right one has asked the left one.

By the same actions that people use, so both of them see it happen. Several visitors may do it at once; whoever finds
the scene changed under their hands looks again.
"""

from accounts.models import User
from accounts.problems import Problem
from friends.actions.cancel_request import cancel_request
from friends.actions.remove_friend import remove_friend
from friends.actions.send_request import send_request
from friends.actions.unblock import unblock
from friends.models import FriendRequest
from friends.pair import friendship_between, request_between

ATTEMPTS = 5


def set_the_scene(*, left: User, right: User) -> None:
    """Bring the pair to one open request from `right` to `left`."""
    for _ in range(ATTEMPTS):
        try:
            if _one_step(left, right):
                return
        except Problem:  # somebody else was quicker
            continue


def _one_step(left: User, right: User) -> bool:
    """Do what is furthest from the scene; True when nothing is left to do."""
    unblock(actor=left, user_id=right.pk)
    unblock(actor=right, user_id=left.pk)
    if friendship_between(left, right):
        remove_friend(actor=left, friend_id=right.pk)
    request = request_between(left, right)
    if request and request.from_user_id == right.pk and request.state == FriendRequest.State.OPEN:
        return True
    if request:
        sender, to = (left, right) if request.from_user_id == left.pk else (right, left)
        cancel_request(actor=sender, to_user_id=to.pk)
    send_request(actor=right, to_user_id=left.pk)
    return False
