"""What stands in the way of a post. The docstrings are what people read."""

from accounts.problems import NotFound, Problem


class PostNotFound(NotFound):
    """There is no such post."""


class MemberNotFound(NotFound):
    """There is no such member."""


class NothingToSay(Problem):
    """Write something, or add a picture."""

    code = "empty"


class BlockedByYou(Problem):
    """You have blocked this person. Unblock them first."""

    code = "blocked_by_you"
