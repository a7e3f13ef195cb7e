"""A post as it stands in events: the members that answers have, for somebody who has just been told of it."""

from datetime import datetime
from typing import Any

import msgspec

from accounts.people import Person

from .models import Post

MOST_QUOTED = 80


class PostCard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post or a comment. `is_liked` is for its reader, who cannot have liked what is new to them."""

    id: int
    author: Person
    content: str
    type: str
    media_url: str | None
    created_at: datetime
    updated_at: datetime
    parent: int | None
    target_profile: Person | None
    reply_to_comment: int | None
    mentioned_user: Person | None
    reply_count: int
    likes_count: int
    comment_count: int
    shares_count: int
    is_liked: bool
    visibility: str
    version: int

    @classmethod
    def of(cls, post: Post, *, is_liked: bool = False) -> "PostCard":
        """The card of a post whose people came along (`with_people`)."""
        return cls(
            id=post.pk,
            author=Person.of(post.author),
            content=post.content,
            type=post.type,
            media_url=post.media_url or None,
            created_at=post.created_at,
            updated_at=post.updated_at,
            parent=post.parent_id,
            target_profile=Person.of(post.target_profile) if post.target_profile else None,
            reply_to_comment=post.reply_to_comment_id,
            mentioned_user=Person.of(post.mentioned_user) if post.mentioned_user else None,
            reply_count=post.comment_count if post.parent_id is None else post.answer_count,
            likes_count=post.likes_count,
            comment_count=post.comment_count,
            shares_count=post.shares_count,
            is_liked=is_liked,
            visibility=post.visibility,
            version=post.version,
        )

    def for_existing_clients(self) -> dict[str, Any]:
        """The post as REST answers have it, in JSON's own types."""
        shown: dict[str, Any] = msgspec.to_builtins(self)
        return shown

    @property
    def excerpt(self) -> str:
        """The first words, on one line."""
        return excerpt_of(self.content)


def excerpt_of(content: str) -> str:
    """The first words of something, on one line."""
    words = " ".join(content.split())
    return words if len(words) <= MOST_QUOTED else words[: MOST_QUOTED - 1] + "…"


def example_post(author: Person, *, number: int = 12, content: str = "Northern lights tonight.") -> PostCard:
    """A realistic post, for events' examples."""
    at = datetime.fromisoformat("2026-11-23T06:20:01.123456+00:00")
    return PostCard(
        id=number, author=author, content=content, type="thoughts", media_url=None, created_at=at, updated_at=at,
        parent=None, target_profile=None, reply_to_comment=None, mentioned_user=None, reply_count=0, likes_count=0,
        comment_count=0, shares_count=0, is_liked=False, visibility="public", version=0,
    )  # fmt: skip


def example_comment(author: Person, **members: int | str | None) -> PostCard:
    """A realistic comment."""
    card = example_post(author, number=40, content="Where are you?")
    return msgspec.structs.replace(card, **{"parent": 12, **members})
