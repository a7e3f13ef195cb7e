"""Who may watch a post: whoever may see it."""

from streams.gateway.topics import topic

from .selectors import visible_ids


@topic("post")
def may_watch(user_id: int, ids: list[str]) -> set[str]:
    """Those of the posts that this person may see."""
    numbers = {int(one): one for one in ids if one.isascii() and one.isdigit() and len(one) <= 18}
    return {numbers[number] for number in visible_ids(user_id, numbers)}
