"""When a member's account is deleted, their likes and comments leave the counts of other people's posts.

Ids come in order, as everybody locks posts: two members who leave at once cannot wait for each other.
"""

from typing import Any

from django.db.models import Count, F, QuerySet
from django.dispatch import receiver

from accounts.actions.delete_account import account_closing
from accounts.models import User

from .models import Like, Post


@receiver(account_closing)
def leave_counts(sender: Any, user: User, **kwargs: Any) -> None:
    """Take what goes with the account out of the counts that stay."""
    written = Post.objects.filter(author=user, parent__isnull=False)
    leaving = {
        "likes_count": _by_post(Like.objects.filter(user=user, gone=False), "post_id"),
        "comment_count": _by_post(written, "parent_id"),
        "answer_count": _by_post(written.filter(reply_to_comment__isnull=False), "reply_to_comment_id"),
    }
    for post_id in sorted({one for counts in leaving.values() for one in counts}):
        changes = {name: F(name) - counts[post_id] for name, counts in leaving.items() if post_id in counts}
        Post.objects.filter(pk=post_id).update(**changes, version=F("version") + 1)


def _by_post(rows: QuerySet[Any], column: str) -> dict[int, int]:
    counted = rows.order_by().values(column).annotate(number=Count("pk")).values_list(column, "number")
    return {int(post_id): int(number) for post_id, number in counted}
