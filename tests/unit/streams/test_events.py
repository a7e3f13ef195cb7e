"""One class is one event type: registered by being defined, strict on the way in, small enough on the way out."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import events
from streams.events import (
    DuplicateEventType,
    EntryTooLarge,
    Event,
    Redacted,
    ReservedMember,
    Subject,
    UnknownEventType,
    decode_body,
    encode_body,
    event_class,
    frame_of,
    load_events,
    redacted_body,
    registered,
)

NOON = datetime(2026, 11, 23, 12, 0, 0, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests define is forgotten afterwards."""
    monkeypatch.setattr(events, "_registry", dict(events._registry))


def make_note() -> type[Event]:
    class Note(Event, type="note", frozen=True):
        words: str
        stars: int = 0

        def text(self) -> str:
            return f"a note: {self.words}"

        def link(self) -> str:
            return "/notes"

    return Note


def test_an_event_type_is_registered_by_being_defined() -> None:
    note = make_note()
    assert event_class("note") is note
    assert registered()["note"] is note
    assert list(registered()) == sorted(registered())


def test_a_type_is_known_because_its_file_lies_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "found_by_lying_there"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "ring.py").write_text("from streams.events import Event\nclass Rang(Event, type='rang'): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UnknownEventType):
        event_class("rang")
    load_events("found_by_lying_there")
    assert event_class("rang").__module__ == "found_by_lying_there.ring"


def test_two_classes_cannot_claim_one_type() -> None:
    make_note()
    with pytest.raises(DuplicateEventType, match="note"):

        class Other(Event, type="note", frozen=True):
            pass


def test_a_class_may_be_defined_again_as_when_its_module_is_reloaded() -> None:
    assert make_note() is not make_note()


@pytest.mark.parametrize("name", sorted(events.RESERVED))
def test_members_of_the_frame_cannot_be_members_of_an_event(name: str) -> None:
    with pytest.raises(ReservedMember, match=name):
        type("Bad", (Event,), {"__annotations__": {name: int}, "__module__": __name__}, type=f"bad_{name}")


def test_an_unregistered_type_is_unknown() -> None:
    with pytest.raises(UnknownEventType, match="nothing_such"):
        event_class("nothing_such")


def test_a_base_class_without_a_type_is_not_registered() -> None:
    class Base(Event, frozen=True):
        pass

    assert Base not in registered().values()


def test_an_event_without_an_example_says_whose_is_missing() -> None:
    with pytest.raises(NotImplementedError, match="Note"):
        make_note().example()


@given(st.text(), st.integers(-(2**62), 2**62))
def test_an_event_survives_its_entry(words: str, stars: int) -> None:
    note = make_note()
    event = note(words=words, stars=stars)
    assert decode_body(encode_body(event, NOON)) == event


def test_a_frame_is_the_body_with_seq_as_its_first_member() -> None:
    body = encode_body(make_note()(words="hé"), NOON)
    frame = frame_of(41, body)
    assert frame.startswith(b'{"seq":41,"at":"2026-11-23T12:00:00.000042Z","type":"note",')
    assert list(json.loads(frame)) == ["seq", "at", "type", "words", "stars", "text", "link"]
    assert json.loads(frame) == {"seq": 41} | json.loads(body)


def test_the_moment_is_written_in_utc_whatever_the_zone() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=9)))
    assert json.loads(encode_body(make_note()(words=""), there))["at"] == "2026-11-23T12:00:00.000042Z"


def test_an_event_without_members_and_words_is_only_a_number_and_a_type() -> None:
    assert json.loads(redacted_body(NOON)) == {"at": "2026-11-23T12:00:00.000042Z", "type": "redacted"}
    assert decode_body(redacted_body(NOON)) == Redacted()
    assert Redacted().text() == Redacted().link() == ""
    assert Redacted.example() == Redacted()


def test_an_entry_has_32_kib_and_not_a_byte_more() -> None:
    note = make_note()
    spent = len(encode_body(note(words=""), NOON))
    room = (events.MAX_ENTRY_BYTES - spent) // 2  # the words stand in `words` and in `text`
    assert len(encode_body(note(words="x" * room), NOON)) <= events.MAX_ENTRY_BYTES
    with pytest.raises(EntryTooLarge, match="note"):
        encode_body(note(words="x" * (room + 1)), NOON)


def test_members_that_do_not_fit_the_class_are_refused() -> None:
    make_note()
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        decode_body(b'{"at":"2026-11-23T12:00:00Z","type":"note","words":"x","colour":"red"}')
    with pytest.raises(msgspec.ValidationError, match="words"):
        decode_body(b'{"type":"note"}')


def test_an_entry_of_another_release_is_told_apart_from_a_broken_one() -> None:
    with pytest.raises(UnknownEventType):
        decode_body(b'{"type":"from_the_future"}')
    with pytest.raises(UnknownEventType):
        decode_body(b"{}")


def test_events_are_values() -> None:
    event = make_note()(words="x")
    with pytest.raises(AttributeError):
        event.words = "y"  # type: ignore[attr-defined]


class Somebody(Subject, frozen=True):
    """A member that is a person."""

    name: str = ""


class Crowd(Event, frozen=True):
    """Everywhere a person can stand in an event."""

    wire_type = "crowd"

    one: Somebody
    none: Somebody | None = None
    several: list[Somebody] = []
    by_name: dict[str, Somebody] = {}
    words: str = "7"
    weight: float = 1.5


def test_an_event_knows_whose_data_it_carries_however_deep() -> None:
    crowd = Crowd(
        one=Somebody(id=1), none=None, several=[Somebody(id=2), Somebody(id=1)], by_name={"x": Somebody(id=3)}
    )
    assert crowd.subjects() == (1, 2, 3)
    assert Redacted().subjects() == ()
