"""A person as others see them: in events, in lists, beside a post.

Events are read years later and by strangers' clients, so this is a value of its own and not a view of the users table.
"""

from typing import Any

import msgspec
from django.db.models import QuerySet

from streams.events import Subject

from .models import Profile, User


class Person(Subject, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who it was. `profile_picture` is a URL, null for somebody without one."""

    id: int
    username: str
    first_name: str
    last_name: str
    profile_picture: str | None = None

    @classmethod
    def of(cls, user: User) -> "Person":
        """The person that a member is. Reads the profile unless it came along (`with_pictures`)."""
        return cls(
            id=user.pk,
            username=user.username,
            first_name=user.first_name,
            last_name=user.last_name,
            profile_picture=picture_of(user),
        )

    @property
    def name(self) -> str:
        """First and last name, or the username of somebody who gave neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    def card(self) -> dict[str, Any]:
        """All members, for a REST answer."""
        return msgspec.structs.asdict(self)

    def bare(self) -> dict[str, Any]:
        """The members without the picture, where the contract has none."""
        return {"id": self.id, "username": self.username, "first_name": self.first_name, "last_name": self.last_name}


def picture_of(user: User) -> str | None:
    """The URL of a member's picture."""
    try:
        return user.profile.avatar or None
    except Profile.DoesNotExist:
        return None


def with_pictures(users: QuerySet[User]) -> QuerySet[User]:
    """The same members with their profiles, so that `Person.of` asks nothing more."""
    return users.select_related("profile")
