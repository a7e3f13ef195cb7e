"""Delete what one has written, and with it what others were told of it."""

from typing import ClassVar, Self

from django.db.models import F

from accounts.models import User
from notifications.events import Notification, TakenBack
from posts.activity import publish_activity
from posts.errors import PostNotFound
from posts.fan_out import tell_friends
from posts.models import Post, counted
from streams.record import Recorder, recording

from .edit import own_post


class PostDeleted(Notification, type="post_deleted", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whoever was told of it: post `post_id` is gone, from feeds and pages, with its comments.

    Of a comment, `parent` is its post, which has `comments` left, and `answered` what it answered, with `replies` left.
    `last_word`: its author has no other comment there.
    """

    silent: ClassVar[bool] = True

    post_id: int
    author_id: int
    parent: int | None = None
    comments: int | None = None
    version: int | None = None
    answered: int | None = None
    replies: int | None = None
    last_word: bool = True

    def text(self) -> str:
        return "A post was deleted" if self.parent is None else "A comment was deleted"

    def link(self) -> str:
        return "/" if self.parent is None else f"/posts/{self.parent}"

    def takes_back(self) -> tuple[TakenBack, ...]:
        author = (self.author_id,)
        if self.parent is None:
            return tuple(
                TakenBack(one, f"post:{self.post_id}", author, words=True) for one in ("wall_post", "post_mention")
            )
        if not self.last_word:
            return ()
        return tuple(
            TakenBack(one, f"post:{self.parent}", author, words=True) for one in ("post_comment", "comment_reply")
        )

    @classmethod
    def example(cls) -> Self:
        return cls(post_id=40, author_id=3, parent=12, comments=0, version=2)


def delete(*, actor: User, post_id: int) -> None:
    """Delete a post with its comments, or a comment.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
        NotYours: somebody else wrote it.
    """
    own_post(actor, post_id)
    with recording() as log:
        found = Post.objects.filter(pk=post_id).values("parent_id").first()
        if found is not None and found["parent_id"] is not None:
            Post.objects.filter(pk=found["parent_id"]).update(**counted(comment_count=-1))  # locks the post first
        post = Post.objects.select_for_update(of=("self",)).filter(pk=post_id).first()
        if post is None:
            raise PostNotFound
        if post.parent_id is None:
            _delete_post(log, post)
        else:
            _delete_comment(log, post)


def _delete_post(log: Recorder, post: Post) -> None:
    gone = PostDeleted(post_id=post.pk, author_id=post.author_id)
    told = {post.author_id, post.target_profile_id, post.mentioned_user_id} - {None}
    log.add([one for one in told if one is not None], gone)
    if not post.withheld:
        tell_friends(log, gone, post=post, but=told)
    post.delete()


def _delete_comment(log: Recorder, comment: Post) -> None:
    answered = comment.reply_to_comment_id
    if answered is not None:
        Post.objects.filter(pk=answered).update(answer_count=F("answer_count") - 1)
    ids = [one for one in (comment.parent_id, answered) if one is not None]
    fresh = Post.objects.in_bulk(ids)
    post = fresh[ids[0]]
    publish_activity(log, post.pk, likes=post.likes_count, comments=post.comment_count, version=post.version)
    others = Post.objects.filter(parent=post, author=comment.author).exclude(pk=comment.pk)
    told = {comment.author_id, post.author_id, comment.mentioned_user_id}
    if answered is not None:
        told.add(fresh[answered].author_id)
    gone = PostDeleted(
        post_id=comment.pk,
        author_id=comment.author_id,
        parent=post.pk,
        comments=post.comment_count,
        version=post.version,
        answered=answered,
        replies=fresh[answered].answer_count if answered is not None else None,
        last_word=not others.exists(),
    )
    log.add([one for one in told if one is not None], gone)
    comment.delete()
