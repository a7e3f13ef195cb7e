"""Like a post, or take it back.

The post's row is locked first, so likes of one post happen one after the other: counts are exact, and a repeated like finds
the first. The author is told of one at once; of those that follow within three seconds by one later entry, which a job
records (`tell_likes`). What waits to be told stands in the rows of the likes themselves.
"""

from datetime import timedelta
from typing import ClassVar, Literal, Self

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.people import Person, with_pictures
from accounts.selectors import blocked_by, blockers_of
from notifications.events import Notification, TakenBack, who
from posts.activity import publish_activity
from posts.cards import excerpt_of
from posts.errors import PostNotFound
from posts.models import Like, Post, counted
from posts.selectors import post_for
from streams.jobs import job
from streams.record import Recorder, recording

WINDOW = timedelta(seconds=3)
MOST_NAMED = 10
MOST_IDS = 1_000
Action = Literal["like", "unlike"]


class PostLike(Notification, type="post_like", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the author: `from_user`, the others in `people` and `more` besides like post `post_id`; `likes` in all.

    Of a comment, `root` is the post it stands under.
    """

    post_id: int
    root: int | None = None
    from_user: Person
    people: tuple[Person, ...]
    more: int = 0
    likes: int
    version: int

    def actors(self) -> tuple[Person, ...]:
        return self.people

    def count(self) -> int:
        return len(self.people) + self.more

    def text(self) -> str:
        return f"{who(self.people, self.count())} liked your {'post' if self.root is None else 'comment'}"

    def link(self) -> str:
        return f"/posts/{self.post_id}" if self.root is None else f"/posts/{self.root}#comment-{self.post_id}"

    def target(self) -> str:
        return f"post:{self.post_id}"

    def post_ids(self) -> tuple[int, ...]:
        return (self.post_id,) if self.root is None else (self.post_id, self.root)

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        return cls(
            post_id=12, from_user=maria, people=(maria,), likes=41, version=48, excerpt="Northern lights tonight."
        )


class PostUnlike(Notification, type="post_unlike", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the author: the people of `user_ids` took back their like of post `post_id`, which has `likes` now.

    Nobody in `user_ids`: the likes are of people with a block between them and the author, who is told the number alone.
    """

    silent: ClassVar[bool] = True

    post_id: int
    user_ids: tuple[int, ...]
    likes: int
    version: int

    def text(self) -> str:
        return "A like was taken back"

    def link(self) -> str:
        return f"/posts/{self.post_id}"

    def takes_back(self) -> tuple[TakenBack, ...]:
        return (TakenBack("post_like", f"post:{self.post_id}", self.user_ids),)

    @classmethod
    def example(cls) -> Self:
        return cls(post_id=12, user_ids=(3,), likes=40, version=49)


class LikeChanged(Notification, type="like_changed", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To own devices: post `post_id` is `liked` by oneself or no longer, and has `likes` now."""

    silent: ClassVar[bool] = True

    post_id: int
    liked: bool
    likes: int
    version: int

    def text(self) -> str:
        return "You liked a post" if self.liked else "You took back a like"

    def link(self) -> str:
        return f"/posts/{self.post_id}"

    @classmethod
    def example(cls) -> Self:
        return cls(post_id=12, liked=True, likes=41, version=48)


def like(*, actor: User, post_id: int, action: Action | None = None) -> Post:
    """Like a post, take a like back, or, without an `action`, whichever is not so yet; the post after it.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
    """
    shown = post_for(actor.pk, post_id)
    if shown is None:
        raise PostNotFound
    with recording() as log:
        post = _locked(post_id).first()
        if post is None:
            raise PostNotFound
        known = Like.objects.filter(post=post, user=actor).first()
        liked = known is not None and not known.gone
        wanted = not liked if action is None else action == "like"
        if wanted != liked:
            Post.objects.filter(pk=post.pk).update(**counted(likes_count=1 if wanted else -1))
            post.likes_count += 1 if wanted else -1
            post.version += 1
            if wanted:
                _like(log, post, actor, known)
            elif known is not None:
                _unlike(log, post, actor, known)
            log.add(actor, LikeChanged(post_id=post.pk, liked=wanted, likes=post.likes_count, version=post.version))
            publish_activity(log, post.pk, likes=post.likes_count, comments=post.comment_count, version=post.version)
    return _brought_up_to(shown, post, is_liked=wanted)


def _brought_up_to(shown: Post, post: Post, *, is_liked: bool) -> Post:
    """What was read to be shown, as it stands in its row now: to read it again would cost more than the like."""
    for field in Post._meta.concrete_fields:
        setattr(shown, field.attname, getattr(post, field.attname))
    shown.is_liked = is_liked  # type: ignore[attr-defined]
    return shown


def _locked(post_id: int) -> QuerySet[Post]:
    return Post.objects.select_for_update(of=("self",), no_key=True).filter(pk=post_id)


def _like(log: Recorder, post: Post, actor: User, known: Like | None) -> None:
    if known is not None:  # taken back a moment ago, which the author does not know yet
        known.gone = False
        known.save(update_fields=["gone"])
        return
    own = actor.pk == post.author_id
    now = own or _may_tell_now(log, post)
    Like.objects.create(post=post, user=actor, told=now)
    if now and not own:
        log.add(post.author_id, _news(post, [actor], more=0))


def _unlike(log: Recorder, post: Post, actor: User, known: Like) -> None:
    if not known.told or actor.pk == post.author_id:
        known.delete()
    elif _may_tell_now(log, post):
        known.delete()
        log.add(
            post.author_id,
            PostUnlike(post_id=post.pk, user_ids=(actor.pk,), likes=post.likes_count, version=post.version),
        )
    else:
        known.gone = True
        known.save(update_fields=["gone"])


def _may_tell_now(log: Recorder, post: Post) -> bool:
    """Whether the window is open, which closes it; if it is not, a job will tell when it opens."""
    now = timezone.now()
    opens = (
        now if post.likes_told_at is None else min(post.likes_told_at, now) + WINDOW
    )  # by another's clock, it may lie ahead
    if opens <= now and not post.likes_waiting:
        Post.objects.filter(pk=post.pk).update(likes_told_at=now)
        return True
    if not post.likes_waiting:
        Post.objects.filter(pk=post.pk).update(likes_waiting=True)
        log.enqueue("posts.tell_likes", run_in=(opens - now).total_seconds(), post_id=post.pk)
    return False


def _news(post: Post, people: list[User], *, more: int) -> PostLike:
    named = tuple(Person.of(user) for user in people)
    return PostLike(
        post_id=post.pk, root=post.parent_id, from_user=named[0], people=named, more=more, likes=post.likes_count,
        version=post.version, excerpt=excerpt_of(post.content),
    )  # fmt: skip


@job("posts.tell_likes")
def tell_likes(*, post_id: int) -> None:
    """Tell the author what has happened since they were told. A second run finds nothing to tell."""
    with recording() as log:
        post = _locked(post_id).filter(likes_waiting=True).first()
        if post is None:
            return
        Post.objects.filter(pk=post.pk).update(likes_told_at=timezone.now(), likes_waiting=False)
        untold = Like.objects.filter(post=post, told=False)
        theirs = untold.exclude(user_id__in=blocked_by(post.author_id)).exclude(user_id__in=blockers_of(post.author_id))
        user_ids = list(theirs.order_by("-pk").values_list("user_id", flat=True))
        unnamed = untold.update(told=True) - len(user_ids)
        if user_ids:
            people = with_pictures(User.objects.all()).in_bulk(user_ids[:MOST_NAMED])
            named = [people[user_id] for user_id in user_ids[:MOST_NAMED]]
            log.add(post.author_id, _news(post, named, more=len(user_ids) - len(named)))
        gone = list(Like.objects.filter(post=post, gone=True).values_list("user_id", flat=True))
        Like.objects.filter(post=post, gone=True).delete()
        at_least_once = 1 if unnamed and not user_ids else 0
        for at in range(0, max(len(gone), at_least_once), MOST_IDS):
            part = tuple(gone[at : at + MOST_IDS])
            log.add(
                post.author_id,
                PostUnlike(post_id=post.pk, user_ids=part, likes=post.likes_count, version=post.version),
            )
