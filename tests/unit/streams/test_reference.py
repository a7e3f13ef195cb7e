"""The reference names everything that can be on the wire, and every golden frame is what the documents say.

Whatever the code can say or refuse is searched for in its source, so that a new frame or code without words fails here.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from streams.conf import Conf
from streams.protocol import ClientFrame, CloseCode, Limits

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "protocol" / "README.md").read_text()
ASYNCAPI = yaml.safe_load((ROOT / "protocol" / "asyncapi.yaml").read_text())
OPENAPI = yaml.safe_load((ROOT / "docs" / "reference" / "openapi.yaml").read_text())
EVENTS = json.loads((ROOT / "protocol" / "events.schema.json").read_text())
FRAMES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "protocol" / "frames").glob("*.json"))}
DOORS = {
    f"{path.parent.name}.{path.stem}": json.loads(path.read_text())
    for path in sorted((ROOT / "protocol" / "doors").glob("*/*.json"))
}
PAGES = {name for name in DOORS if name.startswith("events.page")}
"""Answers to a poll, which are in the OpenAPI."""
SOURCE = "\n".join(
    path.read_text() for path in sorted((ROOT / "backend").rglob("*.py")) if "migrations" not in path.parts
)
FRAME_TYPE = re.compile(r'"type": ?"(\w+)"|\btag="(\w+)"')
FARTHER = {"redacted", "close", "http", "h", "e", "w"}
"""What stands where frames are made and is none of `/ws/`: an entry's type, what only Server-Sent Events say, the bus's tags."""


def section(title: str) -> str:
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the reference has no section {title!r}"
    return found[1]


def types_of(direction: str) -> set[str]:
    return {golden["frame"]["type"] for golden in FRAMES.values() if golden["direction"] == direction}


def first_column(title: str) -> set[str]:
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`(\w+)`", row)}


def test_every_client_frame_is_in_the_reference_and_has_a_golden_frame() -> None:
    spoken = {str(frame.__struct_config__.tag) for frame in ClientFrame.__args__}
    assert spoken == first_column("Client to server") == types_of("client")


def test_every_server_frame_in_the_source_is_in_the_reference_and_has_a_golden_frame() -> None:
    golden = {
        golden["frame"]["type"]
        for golden in FRAMES.values()
        if golden["direction"] == "server" and "seq" not in golden["frame"]
    }
    makers = [*(ROOT / "backend" / "streams").rglob("*.py"), *(ROOT / "backend" / "posts").glob("activity.py")]
    said = {one or other for path in makers for one, other in FRAME_TYPE.findall(path.read_text())} - FARTHER
    assert said - golden <= types_of("client"), "the source says what has no golden frame"
    assert golden <= said, "a golden frame that nobody makes"
    assert golden == first_column("Server to client")


def test_every_close_code_is_in_the_reference_and_no_other() -> None:
    told = {
        int(code) for code in re.findall(r"\b(4\d{3}|10\d\d)\b", section("Close codes: the range is the instruction"))
    }
    ranges = {4000, 4099, 4100, 4199, 4200, 4299}
    ours = {int(code) for code in CloseCode}
    assert ours | {1006} == told - (ranges - ours)


def test_every_error_code_is_in_the_reference_and_no_other() -> None:
    refused = re.findall(r'(?:FrameRefused|protocol\.error)\(\s*"(\w+)"', SOURCE)
    assert set(refused) == first_column("Errors")


def test_every_reset_reason_is_in_the_reference() -> None:
    (row,) = [line for line in README.splitlines() if line.startswith("| `reset` |")]
    assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == {"epoch", "trimmed", "ahead", "too_far", "sync_limit"}


def test_every_door_is_in_the_reference() -> None:
    for door in ("/ws/", "/ws/friends/", "/ws/notifications/", "GET /api/events/", "&wait=25", "text/event-stream"):
        assert door in section("Doors")


def test_limits_in_the_reference_are_the_defaults() -> None:
    """Each number of the section, next to the setting it is the default of."""
    told = " ".join(section("Limits").split())
    limits = Limits()
    chosen = Conf()
    for words in (
        f"Frame in {chosen.MAX_FRAME // 1024} KiB",
        f"{chosen.FRAMES_PER_MINUTE} frames a minute, burst {chosen.FRAME_BURST}",
        f"{limits.sync_per_minute} `sync` a minute",
        f"{limits.topics} topics",
        f"`ack` once in {limits.ack_interval} s",
        f"`typing` once in {limits.typing_interval} s",
        f"{chosen.CONNECTIONS_PER_USER} connections a user",
        f"{chosen.CONNECTIONS_PER_ADDRESS:,} connections an address",
        f"{chosen.CONNECTIONS_PER_PROCESS:,} a process",
        f"{chosen.HANDSHAKES_PER_SECOND:,} handshakes a second",
        f"hello within {chosen.HELLO_TIMEOUT:g} s",
        f"ping {chosen.HEARTBEAT:g} s, pong {chosen.PONG_TIMEOUT:g} s",
        f"page {chosen.PAGE} entries",
        f"replay up to {chosen.MAX_REPLAY:,} entries",
        f"{chosen.RETENTION_DAYS} days or {chosen.RETENTION_ENTRIES:,} entries",
        f"write stall {chosen.WRITE_STALL:g} s",
        f"drain up to {chosen.DRAIN:g} s",
    ):
        assert words in told, words


# Golden frames against the documents.


def validator(schema: dict[str, Any], **shared: Any) -> Draft202012Validator:
    return Draft202012Validator({**schema, **shared})


@pytest.mark.parametrize("name", FRAMES)
def test_a_golden_frame_is_what_the_asyncapi_document_says(name: str) -> None:
    frame, direction = FRAMES[name]["frame"], FRAMES[name]["direction"]
    called = frame["type"] if direction == "server" else f"client.{frame['type']}"
    message = ASYNCAPI["components"]["messages"][called]
    schema = validator(message["payload"], components=ASYNCAPI["components"])
    assert list(schema.iter_errors(frame)) == []
    without = {member: value for member, value in frame.items() if member != "type"}
    assert list(schema.iter_errors(without)), "the schema would let anything pass"


@pytest.mark.parametrize("name", [name for name in FRAMES if name.startswith("entry.")])
def test_a_golden_entry_is_what_the_schema_of_events_says(name: str) -> None:
    frame = FRAMES[name]["frame"]
    assert list(Draft202012Validator(EVENTS).iter_errors(frame)) == []
    assert list(Draft202012Validator(EVENTS).iter_errors({**frame, "type": "nothing_we_know"}))


def test_the_asyncapi_document_has_every_golden_frame_and_no_other() -> None:
    golden = {
        golden["frame"]["type"] if golden["direction"] == "server" else f"client.{golden['frame']['type']}"
        for golden in FRAMES.values()
    }
    assert set(ASYNCAPI["components"]["messages"]) == golden | (set(DOORS) - PAGES)


# The doors beside `/ws/`.


@pytest.mark.parametrize("name", sorted(set(DOORS) - PAGES))
def test_a_golden_frame_of_another_door_is_what_the_asyncapi_document_says(name: str) -> None:
    frame = DOORS[name]["frame"]
    schema = validator(ASYNCAPI["components"]["messages"][name]["payload"])
    assert list(schema.iter_errors(frame)) == []
    for member in frame:
        assert list(schema.iter_errors({one: value for one, value in frame.items() if one != member})), member


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_golden_page_is_what_the_openapi_says(name: str) -> None:
    schemas = OPENAPI["components"]
    schema = validator({"$ref": "#/components/schemas/EventsPage"}, components=schemas)
    frame = DOORS[name]["frame"]
    assert list(schema.iter_errors(frame)) == []
    assert list(schema.iter_errors({**frame, "reset": "because"}))
    assert list(schema.iter_errors({**frame, "cursor": "nothing we know"}))


def test_every_door_that_sends_by_itself_is_in_the_asyncapi_document_with_all_it_says() -> None:
    spoken = {
        channel["address"]: {message["$ref"].rpartition("/")[2] for message in channel["messages"].values()}
        for channel in ASYNCAPI["channels"].values()
    }
    entries = {golden["frame"]["type"] for name, golden in FRAMES.items() if name.startswith("entry.")}
    assert spoken["/ws/friends/"] == {name for name in DOORS if name.startswith("friends.")}
    assert spoken["/ws/notifications/"] == {name for name in DOORS if name.startswith("notifications.")}
    streamed = section("Doors").partition("text/event-stream")[2].partition("| `/ws/friends/`")[0]
    named = set(re.findall(r"`(?:event: )?(\w+)`", streamed)) - {"after", "entry"}
    assert spoken["/api/events/"] == entries | {"events.close"} | (named - {"close"})
    assert set(spoken) == {"/ws/", "/ws/friends/", "/ws/notifications/", "/api/events/"}


def test_the_glossary_has_every_word_of_the_trade() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    terms = {word.strip() for line in re.findall(r"^(.+)\n: ", glossary, re.MULTILINE) for word in line.split(",")}
    assert terms >= {
        *("stream", "event", "entry", "seq", "head", "floor", "epoch", "cursor", "resume", "reset", "snapshot"),
        *("record", "deliver", "apply", "hint", "gateway", "door", "frame", "gap", "duplicate", "heartbeat"),
        *("backpressure", "drain", "backoff", "jitter", "presence", "lease", "ephemeral", "audience"),
        *("collapse key", "inbox", "read mark", "profile"),
    }
