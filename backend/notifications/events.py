"""What a human reads: an event with words, a place to go, and a say in how loudly it arrives.

An inbox row is a fold over a user's entries, so a notification says what it does to the inbox: whom it shows, under which
target rows of its type join, and which earlier rows it takes back or answers. Clients fold the same way; see
docs/decisions for why `muted` is written into the entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec

from accounts.people import Person
from streams.events import Event, registered


class Channels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a type of notification may show itself."""

    in_app: bool = True
    toast: bool = True
    sound: bool = True
    push: bool = True


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What these people did never happened: they leave the rows of this type and target."""

    type: str
    target: str
    user_ids: tuple[int, ...]
    words: bool = False
    """What the row quotes was theirs and goes with them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The rows of this type and target ask for nothing any more: they are read."""

    type: str
    target: str


class Notification(Event, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the events that people see. `silent` ones change what is on screen without a toast or an inbox row."""

    silent: ClassVar[bool] = False
    in_inbox: ClassVar[bool] = True
    """False for what has a place of its own, as messages have."""
    shelf: ClassVar[str] = ""
    """The inbox's filter that shows it beside "all": mentions, requests or none."""
    defaults: ClassVar[Channels] = Channels()

    muted: bool | msgspec.UnsetType = msgspec.UNSET
    """Set when the recipient wants no notice of this: no inbox row, no toast, no sound. What it changes, it changes."""

    excerpt: str | msgspec.UnsetType = msgspec.UNSET
    """The line that it quotes: what was written, or what it is about."""

    def actors(self) -> tuple[Person, ...]:
        """Who did it, the latest first."""
        person = getattr(self, "from_user", None)
        return (person,) if isinstance(person, Person) else ()

    def count(self) -> int:
        """How many people did it, who need not all be named in `actors()`."""
        return len(self.actors())

    def target(self) -> str:
        """What it is about. Unread rows of one type and target are one row."""
        actors = self.actors()
        return f"person:{actors[0].id}" if actors else self.link()

    def post_ids(self) -> tuple[int, ...]:
        """The posts it is about, which somebody may have muted."""
        return ()

    def takes_back(self) -> tuple[TakenBack, ...]:
        """What it takes out of the inbox."""
        return ()

    def settles(self) -> Settled | None:
        """What it answers."""
        return None

    def for_existing_clients(self, *, at: str, user_id: int) -> dict[str, Any] | None:
        """The `data` that existing clients get for this event; None when they do not know it.

        Args:
            at: when it was recorded, RFC 3339.
            user_id: whose stream it is in.
        """
        return None

    def fetched_as(self) -> tuple[str, int] | None:
        """What a client that has read this over REST has read, and up to which number: see `Fetched`."""
        return None

    @staticmethod
    def example_time() -> datetime:
        """The moment at which examples happen."""
        return datetime(2026, 11, 23, 6, 20, 1, 123456, tzinfo=UTC)


def who(actors: Sequence[Person], count: int) -> str:
    """The people at the head of a sentence: "maria", "maria and pablo", "maria and 3 others"."""
    if not actors:
        return "Somebody"
    first = actors[0].username
    if count <= 1:
        return first
    if count == 2 and len(actors) > 1:
        return f"{first} and {actors[1].username}"
    return f"{first} and {count - 1} other{'s' if count > 2 else ''}"


def kinds() -> dict[str, type[Notification]]:
    """The types that people have a say about, by wire name."""
    return {
        name: one for name, one in registered().items() if issubclass(one, Notification) and not one.silent
    }  # fmt: skip


def shelf_types(shelf: str) -> list[str]:
    """The types behind a filter of the inbox."""
    return [name for name, one in kinds().items() if one.shelf == shelf]
