"""Golden frames, schema and reference page of every event type, from the registry of events."""

import inspect
import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from streams.events import Event, encode_body, frame_of, registered

OWNS = ("protocol/frames/entry.*.json", "protocol/events.schema.json", "docs/reference/events.md")
AT = datetime(2026, 11, 23, 6, 20, 1, 123456, tzinfo=UTC)
SEQ = 6


def files() -> dict[str, str]:
    """Golden frames, JSON Schema and the page about events."""
    goldens = {f"protocol/frames/entry.{name}.json": golden(event) for name, event in registered().items()}
    return goldens | {"protocol/events.schema.json": schema(), "docs/reference/events.md": page()}


def frame(event: type[Event]) -> dict[str, Any]:
    """The entry of the type's example, at a fixed place and time."""
    made: dict[str, Any] = json.loads(frame_of(SEQ, encode_body(event.example(), AT)))
    return made


def about(event: type[Event]) -> str:
    """The first paragraph of the class's docstring, on one line."""
    return " ".join((inspect.getdoc(event) or "").split("\n\n")[0].split())


def golden(event: type[Event]) -> str:
    return dump({"direction": "server", "about": about(event), "frame": frame(event)})


def dump(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def entry_schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of each type's entry by wire name, and the definitions they share."""
    types = list(registered().values())
    own, shared = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    entries = {}
    for event, reference in zip(types, own, strict=True):
        members = shared.pop(reference["$ref"].rpartition("/")[2])
        envelope = {
            "seq": {"type": "integer", "minimum": 1, "description": "Place in the stream, without holes."},
            "at": {"type": "string", "format": "date-time", "description": "When it happened, UTC."},
            "type": {"const": event.wire_type},
        }
        words = {
            "text": {"type": "string", "description": "One English sentence, rendered."},
            "link": {"type": "string", "description": "The path of the page about it."},
        }
        rendered = [name for name in words if name in frame(event)]
        entries[event.wire_type] = {
            "type": "object",
            "description": about(event),
            "properties": envelope | members.get("properties", {}) | {name: words[name] for name in rendered},
            "required": [*envelope, *members.get("required", []), *rendered],
        }
    return entries, shared


def schema() -> str:
    entries, shared = entry_schemas()
    return dump(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://numeneon.com/schemas/events.schema.json",
            "title": "An entry of a stream in the protocol numeneon.v1",
            "description": "Generated from the event classes. Receivers ignore types and members they do not know.",
            "oneOf": [{"$ref": f"#/$defs/entry.{name}"} for name in entries],
            "$defs": {f"entry.{name}": entry for name, entry in entries.items()} | shared,
        }
    )


def page() -> str:
    parts = [
        "# Events\n",
        "Every type of entry that a stream carries, with an example from the wire. `seq`, `at` and `type` are",
        "members of every entry; `text` and `link` of every one that is shown to people.\n",
        "Generated from the event classes; a type appears here by being defined.\n",
    ]
    for name, event in registered().items():
        parts += [f"## `{name}`\n", about(event) + "\n", "```json", dump(frame(event)) + "```\n"]
    return "\n".join(parts)
