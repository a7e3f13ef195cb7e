"""The door of entries over HTTP in the OpenAPI: it stands below Django's views, so nothing describes it by itself."""

from typing import Any

from accounts.schema import CURSOR, described_problem

PATH = "/api/events/"
_AFTER = "The cursor that is applied already. Without one: the cursor of now, and no entries."
_WAIT = "Answer at the first entry, or after so many seconds; a heartbeat (25 s) at most."
_PROBLEMS = ("400", "401", "403", "405", "429", "503")


def describe_events(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular, after everything else."""
    result["paths"][PATH] = {"get": _operation()}
    result["paths"] = dict(sorted(result["paths"].items()))
    result["components"]["schemas"] |= {"EventsPage": _PAGE, "Entry": _ENTRY}
    return result


def _operation() -> dict[str, Any]:
    page = {"application/json": {"schema": {"$ref": "#/components/schemas/EventsPage"}}}
    endless = {"text/event-stream": {"schema": {"type": "string"}}}
    return {
        "operationId": "events",
        "summary": "Entries after a cursor: a page, a long poll, or Server-Sent Events.",
        "description": "protocol/README.md tells what a client does with them, asyncapi.yaml each event of the stream.",
        "tags": ["events"],
        "parameters": [
            {"in": "query", "name": "after", "schema": CURSOR, "description": _AFTER},
            {"in": "query", "name": "wait", "schema": {"type": "integer", "minimum": 0}, "description": _WAIT},
            {
                "in": "header",
                "name": "Last-Event-ID",
                "schema": {"type": "string"},
                "description": "A cursor that stands above `after`, where the answer waits; a page takes no notice of it.",
            },
        ],
        "security": [{"bearer": []}, {"cookie": []}],
        "responses": {
            "200": {
                "description": "What came after the cursor, in order.",
                "content": page | endless,
                "headers": {"Stream-Cursor": {"description": "The same as `cursor` of a page.", "schema": CURSOR}},
            },
            **{status: described_problem(status) for status in _PROBLEMS},
        },
    }


_ENTRY: dict[str, Any] = {
    "type": "object",
    "description": "An entry; events.schema.json has the members of each type.",
    "properties": {
        "seq": {"type": "integer", "minimum": 1},
        "at": {"type": "string", "format": "date-time"},
        "type": {"type": "string"},
    },
    "required": ["seq", "at", "type"],
}
_PAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "cursor": CURSOR | {"description": "Where to go on from."},
        "head": {"type": "integer", "minimum": 0, "description": "The newest entry."},
        "more": {"type": "boolean", "description": "Ask again at once."},
        "reset": {
            "enum": ["epoch", "trimmed", "ahead", "too_far"],
            "description": "The cursor asked with does not hold, and why: take snapshots and go on from `cursor`.",
        },
        "entries": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
    },
    "required": ["cursor", "head", "more", "entries"],
    "additionalProperties": False,
}
