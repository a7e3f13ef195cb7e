"""Share a post: it is counted, and nobody but one's own devices hears of it."""

from typing import ClassVar, Self

from accounts.models import User
from notifications.events import Notification
from posts.errors import PostNotFound
from posts.models import Post, counted
from posts.selectors import post_for
from streams.record import recording


class PostShared(Notification, type="post_shared", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To own devices: one shared post `post_id`, which has `shares` now."""

    silent: ClassVar[bool] = True

    post_id: int
    shares: int
    version: int

    def text(self) -> str:
        return "You shared a post"

    def link(self) -> str:
        return f"/posts/{self.post_id}"

    @classmethod
    def example(cls) -> Self:
        return cls(post_id=12, shares=5, version=49)


def share(*, actor: User, post_id: int) -> Post:
    """Count a share of a post; the post after it.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
    """
    if post_for(actor.pk, post_id) is None:
        raise PostNotFound
    with recording() as log:
        Post.objects.filter(pk=post_id).update(**counted(shares_count=1))
        shown = post_for(actor.pk, post_id)
        if shown is None:
            raise PostNotFound
        log.add(actor, PostShared(post_id=post_id, shares=shown.shares_count, version=shown.version))
    return shown
