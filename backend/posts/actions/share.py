"""Share a post: it is counted, and nothing else happens."""

from accounts.models import User
from posts.errors import PostNotFound
from posts.models import Post, counted
from posts.selectors import post_for


def share(*, actor: User, post_id: int) -> Post:
    """Count a share of a post; the post after it.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
    """
    if post_for(actor.pk, post_id) is None:
        raise PostNotFound
    Post.objects.filter(pk=post_id).update(**counted(shares_count=1))
    shown = post_for(actor.pk, post_id)
    if shown is None:
        raise PostNotFound
    return shown
