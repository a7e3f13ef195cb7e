"""What stands in the way of a message. The docstrings are what people read."""

from accounts.problems import NotFound, Problem


class MemberNotFound(NotFound):
    """There is no such member."""


class MessageNotFound(NotFound):
    """There is no such message."""


class ToOneself(Problem):
    """You cannot write to yourself."""

    code = "to_oneself"


class BlockedByYou(Problem):
    """You have blocked this person. Unblock them first."""

    code = "blocked_by_you"
