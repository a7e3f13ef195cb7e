"""Who is told that a member came or went: friends, and nobody across a block."""

from accounts.selectors import blocked_by, blockers_of

from .selectors import friend_ids


def audience(user_id: int) -> list[int]:
    """Ids of the people who may see whether this one is connected (`STREAMS["PRESENCE_AUDIENCE"]`)."""
    apart = set(blocked_by(user_id)) | set(blockers_of(user_id))
    return [one for one in friend_ids(user_id) if one not in apart]
