"""Change what one has written."""

from collections.abc import Mapping
from typing import ClassVar, Self

from django.utils import timezone

from accounts.models import User
from accounts.people import Person
from accounts.problems import Problem
from accounts.selectors import block_between
from notifications.events import Notification
from posts.cards import PostCard, example_post
from posts.errors import NothingToSay, PostNotFound
from posts.models import Post
from posts.selectors import post_for, with_people
from streams.record import recording

FIELDS = ("content", "media_url", "type", "visibility")


class NotYours(Problem):
    """Only its author can do this."""

    status = 403
    code = "not_yours"


class PostEdited(Notification, type="post_edited", frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To the author's own devices and a wall's owner: `post` is now this. Whether its reader likes it stays as it was."""

    silent: ClassVar[bool] = True

    post: PostCard

    def text(self) -> str:
        return f"{self.post.author.username} edited a post"

    def link(self) -> str:
        return f"/posts/{self.post.id}"

    @classmethod
    def example(cls) -> Self:
        maria = Person(id=3, username="maria", first_name="Maria", last_name="Lind")
        return cls(post=example_post(maria, content="Northern lights tonight, above the lake."))


def own_post(actor: User, post_id: int) -> Post:
    """A post of the actor's.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
        NotYours: somebody else wrote it.
    """
    post = post_for(actor.pk, post_id)
    if post is None:
        raise PostNotFound
    if post.author_id != actor.pk:
        raise NotYours
    return post


def edit(*, actor: User, post_id: int, changes: Mapping[str, str]) -> Post:
    """Set what `changes` names and leave the rest, so that two edits at once both hold; the post after it.

    Raises:
        PostNotFound: there is no such post, or the actor may not see it.
        NotYours: somebody else wrote it.
        NothingToSay: nothing would be left of it.
    """
    own_post(actor, post_id)
    values = {name: changes[name] for name in FIELDS if name in changes}
    with recording() as log:
        locked = with_people(Post.objects.select_for_update(of=("self",)).filter(pk=post_id)).first()
        if locked is None:
            raise PostNotFound
        if locked.parent_id is not None:
            values.pop("visibility", None)  # a comment is seen by whom its post is seen
        for name, value in values.items():
            setattr(locked, name, value)
        if not (locked.content or locked.media_url):
            raise NothingToSay
        locked.updated_at = timezone.now()
        locked.save(update_fields=[*values, "updated_at"])
        log.add([actor.pk, *_wall_of(locked)], PostEdited(post=PostCard.of(locked)))
    shown = post_for(actor.pk, post_id)
    if shown is None:
        raise PostNotFound
    return shown


def _wall_of(post: Post) -> list[int]:
    """The owner of the wall, who hears of it unless there is a block between them and the author."""
    owner_id = post.target_profile_id
    if owner_id is None or post.withheld or block_between(post.author_id, owner_id):
        return []
    return [owner_id]
