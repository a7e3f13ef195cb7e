"""Typed facts that streams carry, and the registry of them.

An event type is one class, registered by being defined. From the class come its JSON, its schema, its golden frame and the
tests that every type must pass; nothing else has to be told about it. Unknown members are refused on the way in, so a
misspelt member fails in the action that wrote it, not on a phone.

    class FriendAccepted(Event, type="friend_accepted"):
        from_user: Person

May import: msgspec and the standard library.
"""

import importlib
import pkgutil
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import msgspec

MAX_ENTRY_BYTES = 32 * 1024
RESERVED = frozenset({"seq", "at", "type", "text", "link"})

_registry: dict[str, type["Event"]] = {}
_encoder = msgspec.json.Encoder()


class EventError(Exception):
    """Something is wrong with an event."""


class DuplicateEventType(EventError):
    """Two classes claim the same event type."""


class ReservedMember(EventError):
    """seq, at, type, text and link belong to the frame; an event cannot have members of these names."""


class UnknownEventType(EventError):
    """No event of this type is registered."""


class EntryTooLarge(EventError):
    """An entry may have 32 KiB at most. Send the id and let the client fetch the rest."""


class _EventMeta(msgspec.StructMeta):
    """Lets a class statement name its wire type; msgspec's own metaclass refuses keywords it does not know."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, type: str | None = None, **config: Any
    ) -> "_EventMeta":
        frozen_facts = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True}
        cls = super().__new__(mcls, name, bases, namespace, **(frozen_facts | config))
        if type is not None:
            _register(type, cls)
        return cls


def _register(wire_type: str, cls: Any) -> None:
    known = _registry.get(wire_type)
    if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise DuplicateEventType(f"{wire_type}: {known.__qualname__} and {cls.__qualname__}")
    taken = RESERVED.intersection(cls.__struct_fields__)
    if taken:
        raise ReservedMember(f"{cls.__qualname__}: {', '.join(sorted(taken))}")
    cls.wire_type = wire_type
    _registry[wire_type] = cls


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Base of members that are somebody. An entry that carries one can be redacted when that user is erased."""

    id: int


def _subjects(value: Any, found: dict[int, None]) -> None:
    if isinstance(value, msgspec.Struct):
        if isinstance(value, Subject):
            found[value.id] = None
        for name in value.__struct_fields__:
            member = getattr(value, name)
            if not isinstance(member, str | int | None):
                _subjects(member, found)
    elif isinstance(value, list | tuple | set | frozenset):
        for member in value:
            _subjects(member, found)
    elif isinstance(value, dict):
        for member in value.values():
            _subjects(member, found)


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, metaclass=_EventMeta):
    """Base of all event types. Members are the class's fields; `wire_type` comes from the class statement."""

    wire_type: ClassVar[str] = ""

    def subjects(self) -> tuple[int, ...]:
        """Ids of the users whose data this carries: of every `Subject` in it, however deep. What is in words counts too; a
        type whose words tell of somebody without naming them as a member overrides this."""
        found: dict[int, None] = {}
        _subjects(self, found)
        return tuple(found)

    def text(self) -> str:
        """One English sentence, for receivers that cannot render the event themselves."""
        return ""

    def link(self) -> str:
        """The path of the page that shows what this is about."""
        return ""

    @classmethod
    def example(cls) -> Self:
        """A realistic instance, for golden frames and for the tests that run over the whole registry."""
        raise NotImplementedError(f"{cls.__qualname__} has no example()")


def load_events(package: str) -> None:
    """Import every module of a package, so that the event types defined there are registered.

    For `AppConfig.ready`: `load_events("friends.actions")`. Every process has to know every type, gateways included, and a
    list of modules kept by hand is a list that somebody forgets.
    """
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{found.name}")


def registered() -> dict[str, type[Event]]:
    """All event types by wire name, in order of the names."""
    return dict(sorted(_registry.items()))


def event_class(wire_type: str) -> type[Event]:
    """The class of a wire type.

    Raises:
        UnknownEventType: nothing is registered under that name.
    """
    try:
        return _registry[wire_type]
    except KeyError:
        raise UnknownEventType(wire_type) from None


def encode_body(event: Event, at: datetime) -> bytes:
    """The JSON of an entry without its `seq`, which is known only once the stream is locked.

    Args:
        event: what happened.
        at: when, aware, in any zone; written in UTC with microseconds.

    Raises:
        EntryTooLarge: over 32 KiB.
    """
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    parts = [f'{{"at":"{moment}","type":"{event.wire_type}"'.encode()]
    members = _encoder.encode(event)
    if members != b"{}":
        parts += [b",", members[1:-1]]
    text, link = event.text(), event.link()
    if text or link:
        parts += [b',"text":', _encoder.encode(text), b',"link":', _encoder.encode(link)]
    body = b"".join(parts) + b"}"
    if len(body) > MAX_ENTRY_BYTES:
        raise EntryTooLarge(event.wire_type)
    return body


def frame_of(seq: int, body: bytes) -> bytes:
    """The frame of an entry: its body with `seq` as the first member."""
    return b'{"seq":%d,%b' % (seq, body[1:])


def decode_body(body: bytes | str) -> Event:
    """The event inside an entry's body.

    Raises:
        UnknownEventType: written by a newer or older release.
        msgspec.ValidationError: the members do not fit the class.
    """
    members = msgspec.json.decode(body, type=dict[str, Any])
    cls = event_class(members.get("type", ""))
    return msgspec.convert({name: value for name, value in members.items() if name not in RESERVED}, cls)


class Redacted(Event, type="redacted", frozen=True):
    """What stands in a stream where an erased person's data stood: a number without a story."""

    @classmethod
    def example(cls) -> Self:
        return cls()


def redacted_body(at: datetime) -> bytes:
    """The body that replaces an erased entry's; the place in the stream stays, so there is no hole."""
    return encode_body(Redacted(), at)
