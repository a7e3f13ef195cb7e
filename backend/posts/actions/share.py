"""Share a post: it is counted, and its author is told who did."""

from typing import ClassVar, Self

from accounts.models import User
from accounts.people import Person
from notifications.events import Notification
from posts.cards import excerpt_of
from posts.errors import PostNotFound
from posts.models import Post, counted
from posts.selectors import post_for
from streams.record import recording


class PostShare(Notification, type="post_share", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the author: `from_user` shared post `post_id`, which has `shares` now. Of a comment, `root` is its post."""

    post_id: int
    root: int | None = None
    from_user: Person
    shares: int
    version: int

    def text(self) -> str:
        return f"{self.from_user.username} shared your post"

    def link(self) -> str:
        return f"/posts/{self.post_id}" if self.root is None else f"/posts/{self.root}#comment-{self.post_id}"

    def target(self) -> str:
        return f"post:{self.post_id}"

    def post_ids(self) -> tuple[int, ...]:
        return (self.post_id,) if self.root is None else (self.post_id, self.root)

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        return cls(post_id=12, from_user=maria, shares=5, version=49, excerpt="Northern lights tonight.")


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
        if shown.author_id != actor.pk:
            news = PostShare(
                post_id=post_id, root=shown.parent_id, from_user=Person.of(actor), shares=shown.shares_count,
                version=shown.version, excerpt=excerpt_of(shown.content),
            )  # fmt: skip
            log.add(shown.author_id, news)
    return shown
