"""Publish a post: on one's own page or on somebody's wall. Comments have a file of their own."""

from typing import Any, ClassVar, Self

from django.utils import timezone

from accounts.models import User
from accounts.people import Person
from accounts.selectors import active_member, has_blocked
from notifications.events import Channels, Notification
from posts.cards import PostCard, example_post
from posts.errors import BlockedByYou, MemberNotFound
from posts.fan_out import tell_friends
from posts.mentions import spoken_to
from posts.models import Post
from posts.selectors import may_see
from streams.record import Recorder, recording

_VERBS = {"thoughts": "shared a thought", "media": "shared a picture", "milestones": "reached a milestone"}


class NewPost(Notification, type="new_post", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To friends, and to the author's own devices: `post` joins the top of the feed and of its author's page."""

    in_inbox: ClassVar[bool] = False
    defaults: ClassVar[Channels] = Channels(toast=False, sound=False, push=False)

    post: PostCard
    from_user: Person

    def text(self) -> str:
        return f"{self.from_user.username} {_VERBS.get(self.post.type, 'shared something')}"

    def link(self) -> str:
        return f"/posts/{self.post.id}"

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        return None if user_id == self.from_user.id else self.post.for_existing_clients()

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        return cls(post=example_post(maria), from_user=maria)


class WallPost(Notification, type="wall_post", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To a wall's owner: `post` of `from_user` joins the top of the feed and of the owner's page."""

    post: PostCard
    from_user: Person

    def text(self) -> str:
        return f"{self.from_user.username} wrote on your wall"

    def link(self) -> str:
        return f"/posts/{self.post.id}"

    def target(self) -> str:
        return f"post:{self.post.id}"

    def post_ids(self) -> tuple[int, ...]:
        return (self.post.id,)

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        return {"message": self.text(), "post": self.post.for_existing_clients(), "author": self.from_user.bare()}

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        return cls(post=example_post(maria, content="Happy birthday!"), from_user=maria, excerpt="Happy birthday!")


class PostMention(Notification, type="post_mention", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To somebody spoken to in a post: `from_user` mentioned them in `post`."""

    shelf: ClassVar[str] = "mentions"

    post: PostCard
    from_user: Person

    def text(self) -> str:
        return f"{self.from_user.username} mentioned you"

    def link(self) -> str:
        return f"/posts/{self.post.id}"

    def target(self) -> str:
        return f"post:{self.post.id}"

    def post_ids(self) -> tuple[int, ...]:
        return (self.post.id,)

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        post = example_post(maria, content="Dinner with @pablo tonight.")
        return cls(post=post, from_user=maria, excerpt=post.excerpt)


def publish(
    *,
    actor: User,
    content: str,
    type: str = Post.Type.THOUGHTS,
    media_url: str = "",
    visibility: str = Post.Visibility.PUBLIC,
    wall_of: int | None = None,
    mentioned: User | None = None,
) -> Post:
    """Publish a post of the actor's, on the wall of `wall_of` or, without one, on their own page.

    On the wall of somebody who has blocked the actor it stands for the actor alone.

    Raises:
        MemberNotFound: nobody has this id, or the account is closed.
        BlockedByYou: the actor has blocked the wall's owner.
    """
    owner = _owner(actor, wall_of)
    now = timezone.now()
    named = spoken_to(actor, content, mentioned)
    with recording() as log:
        post = Post.objects.create(
            author=actor,
            content=content,
            type=type,
            media_url=media_url,
            visibility=visibility,
            target_profile=owner,
            withheld=owner is not None and has_blocked(owner.pk, actor.pk),
            mentioned_user=named[0] if named else None,
            created_at=now,
            updated_at=now,
        )
        _tell(log, actor, post, named)
        return post


def _owner(actor: User, wall_of: int | None) -> User | None:
    if wall_of is None or wall_of == actor.pk:
        return None
    owner = active_member(wall_of)
    if owner is None:
        raise MemberNotFound
    if has_blocked(actor.pk, owner.pk):
        raise BlockedByYou
    return owner


def _tell(log: Recorder, actor: User, post: Post, named: list[User]) -> None:
    card, person = PostCard.of(post), Person.of(actor)
    event = NewPost(post=card, from_user=person)
    log.add(actor, event)
    if post.withheld:
        return
    if post.target_profile is not None:
        log.add(post.target_profile, WallPost(post=card, from_user=person, excerpt=card.excerpt))
    told = [user for user in named if user.pk != post.target_profile_id]
    seeing = [user for user in told if may_see(user.pk, post)]
    if seeing:
        log.add(seeing, PostMention(post=card, from_user=person, excerpt=card.excerpt))
    tell_friends(log, event, post=post)
