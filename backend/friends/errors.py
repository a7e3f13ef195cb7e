"""What stands in the way between two people. The docstrings are what they read."""

from accounts.problems import NotFound, Problem


class MemberNotFound(NotFound):
    """There is no such member."""


class RequestNotFound(NotFound):
    """There is no such friend request."""


class NotFriends(NotFound):
    """You are not friends."""


class ToOneself(Problem):
    """You cannot send a friend request to yourself."""

    code = "to_oneself"


class AlreadyFriends(Problem):
    """You are friends already."""

    code = "already_friends"


class AlreadyRequested(Problem):
    """You have sent a friend request already."""

    code = "already_requested"


class BlockedByYou(Problem):
    """You have blocked this person. Unblock them first."""

    code = "blocked_by_you"


class BlockingOneself(Problem):
    """You cannot block yourself."""

    code = "to_oneself"
