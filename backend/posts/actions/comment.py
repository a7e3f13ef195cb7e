"""Comment on a post, or answer a comment.

Its author, who is answered and who is spoken to are told, each by the one event that is closest to them.
"""

from typing import Any, ClassVar, Self

import msgspec
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.people import Person
from notifications.events import Notification
from posts.activity import publish_activity
from posts.cards import PostCard, example_comment, example_post, excerpt_of
from posts.errors import PostNotFound
from posts.mentions import spoken_to
from posts.models import Post, counted
from posts.selectors import may_see, post_for, with_people
from streams.record import Recorder, recording

_MARIA = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
_PABLO = Person(id=9, username="pablo", first_name="Pablo", last_name="Reyes")


class _Commented(Notification, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`comment` joins the comments of `post_id`, which are `comments` now; what it answers has `replies`."""

    post_id: int
    comment: PostCard
    from_user: Person
    comments: int
    version: int
    replies: int | None = None

    def link(self) -> str:
        return f"/posts/{self.post_id}#comment-{self.comment.id}"

    def target(self) -> str:
        return f"post:{self.post_id}"

    def post_ids(self) -> tuple[int, ...]:
        return (self.post_id,)


class PostComment(_Commented, type="post_comment", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To a post's author: `from_user` wrote `comment`. The post has `comments` of them now."""

    post: PostCard

    def text(self) -> str:
        return f"{self.from_user.username} commented on your post"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        return {
            "message": self.text(),
            "post": self.post.for_existing_clients(),
            "comment": self.comment.for_existing_clients(),
            "commenter": self.from_user.bare(),
        }

    @classmethod
    def example(cls) -> Self:
        comment = example_comment(_MARIA)
        return cls(
            post_id=12, comment=comment, from_user=_MARIA, comments=1, version=1, post=example_post(_PABLO),
            excerpt=comment.excerpt,
        )  # fmt: skip


class CommentReply(_Commented, type="comment_reply", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the one answered or spoken to: `from_user` wrote `comment`. What it answers has `replies` now."""

    shelf: ClassVar[str] = "mentions"

    post: PostCard
    is_answer: bool

    def text(self) -> str:
        return f"{self.from_user.username} {'replied to your comment' if self.is_answer else 'mentioned you'}"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        mentioned = self.comment.mentioned_user
        return {
            "message": self.text(),
            "post_id": self.post_id,
            "post": self.post.for_existing_clients(),
            "reply": self.comment.for_existing_clients(),
            "replier": self.from_user.bare(),
            "mentioned_username": mentioned.username if mentioned else None,
        }

    @classmethod
    def example(cls) -> Self:
        comment = example_comment(_MARIA, content="@pablo by the lake", reply_to_comment=38)
        return cls(
            post_id=12, comment=comment, from_user=_MARIA, comments=2, version=2, replies=1, is_answer=True,
            post=example_post(_PABLO), excerpt=comment.excerpt,
        )  # fmt: skip


class CommentSent(_Commented, type="comment_sent", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the commenter's own devices: `comment` joins the comments of `post_id`, which are `comments` now."""

    silent: ClassVar[bool] = True

    def text(self) -> str:
        return "You commented on a post"

    @classmethod
    def example(cls) -> Self:
        return cls(post_id=12, comment=example_comment(_MARIA), from_user=_MARIA, comments=1, version=1)


def comment(
    *,
    actor: User,
    parent_id: int,
    content: str,
    type: str = Post.Type.THOUGHTS,
    media_url: str = "",
    reply_to_id: int | None = None,
    mentioned: User | None = None,
) -> Post:
    """Write under a post that the actor may see; under a comment, that is an answer to it.

    Raises:
        PostNotFound: there is no such post or comment, or the actor may not see it.
    """
    parent = post_for(actor.pk, parent_id)
    answered = None if reply_to_id is None else post_for(actor.pk, reply_to_id)
    if parent is not None and parent.parent_id is not None:
        answered, parent = answered or parent, post_for(actor.pk, parent.parent_id)
    if parent is None or (reply_to_id is not None and (answered is None or answered.parent_id != parent.pk)):
        raise PostNotFound
    now = timezone.now()
    named = spoken_to(actor, content, mentioned)
    with recording() as log:
        if not Post.objects.filter(pk=parent.pk).update(**counted(comment_count=1)):
            raise PostNotFound
        if answered is not None and not Post.objects.filter(pk=answered.pk).update(answer_count=F("answer_count") + 1):
            raise PostNotFound
        written = Post.objects.create(
            author=actor,
            content=content,
            type=type,
            media_url=media_url,
            visibility=parent.visibility,
            parent=parent,
            reply_to_comment=answered,
            mentioned_user=named[0] if named else None,
            created_at=now,
            updated_at=now,
        )
        _tell(log, actor, written, named)
        return written


def _tell(log: Recorder, actor: User, written: Post, named: list[User]) -> None:
    """The counts are read again, under the locks that the updates took."""
    ids = [one for one in (written.parent_id, written.reply_to_comment_id) if one is not None]
    fresh = with_people(Post.objects.filter(pk__in=ids)).in_bulk()
    post = fresh[ids[0]]
    answered = fresh[ids[1]] if len(ids) > 1 else None
    publish_activity(log, post.pk, likes=post.likes_count, comments=post.comment_count, version=post.version)
    facts: dict[str, Any] = {
        "post_id": post.pk,
        "comment": PostCard.of(written),
        "from_user": Person.of(actor),
        "excerpt": excerpt_of(written.content),
        "comments": post.comment_count,
        "version": post.version,
        "replies": answered.answer_count if answered else None,
    }
    log.add(actor, CommentSent(**facts | {"excerpt": msgspec.UNSET}))
    if post.author_id != actor.pk:
        log.add(post.author_id, PostComment(**facts, post=PostCard.of(post)))
    told = {user.pk for user in named} - {actor.pk, post.author_id}
    replied = answered.author_id if answered and answered.author_id not in (actor.pk, post.author_id) else None
    everybody = [one for one in sorted(told | ({replied} if replied else set())) if may_see(one, written)]
    for user_id in everybody:
        log.add(user_id, CommentReply(**facts, post=PostCard.of(post), is_answer=user_id == replied))
