"""One action that any test can have done: write a note to some people, once per key.

The note's row is a session nobody uses: a table that exists, with a text for its primary key. So a note is done or not,
like a friendship, and the same key does it once however often it is asked for.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.people import Person
from friends.actions.send_request import FriendRequested
from streams.events import Event
from streams.record import recording

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
PREFIX = "note."


class Note(Event, frozen=True):
    """`key` says which note it is, `writer` and `number` where it stands among its writer's. Not registered."""

    wire_type = "noted"

    key: str
    writer: int
    number: int
    pad: str = ""


class Refused(Exception):
    """The action is asked to fail at its end."""


@csrf_exempt
def note(request: HttpRequest) -> HttpResponse:
    """POST {"key","to":[…],"writer","number","pad"?,"as"?,"then"?}: 201 done, 200 was done before, 409 not done.

    `as` may be `"friend_request"`: an event of the product's, which all doors tell of.
    `then` may be `"refuse"` (the action fails at its end) or `"break"` (the database refuses the commit).
    """
    asked = json.loads(request.body)
    try:
        write(asked)
    except IntegrityError:
        if Session.objects.filter(pk=PREFIX + asked["key"]).exists():
            return JsonResponse({"again": True})
        if asked.get("then") != "break":
            raise
        return JsonResponse({"done": False}, status=409)
    except Refused:
        return JsonResponse({"done": False}, status=409)
    except (DatabaseError, InterfaceError):
        return JsonResponse({"error": "unavailable"}, status=503, headers={"Retry-After": "1"})
    return JsonResponse({"done": True}, status=201)


def write(asked: dict[str, object]) -> None:
    """The action."""
    with recording() as log:
        Session.objects.create(
            session_key=PREFIX + str(asked["key"]), session_data=json.dumps(asked["to"]), expire_date=NEVER
        )
        event = Note(
            key=str(asked["key"]),
            writer=int(str(asked["writer"])),
            number=int(str(asked["number"])),
            pad=str(asked.get("pad", "")),
        )
        if asked.get("as") == "friend_request":
            # Every door tells of these. A name has no length here.
            stranger = Person(id=event.writer, username=event.key + event.pad, first_name="", last_name="")
            request = FriendRequested(request_id=event.number, from_user=stranger, created_at=datetime.now(UTC))
            log.add(asked["to"], request)  # type: ignore[arg-type]
            return
        if asked.get("by") == "worker":
            told: dict[str, Any] = {"key": event.key, "writer": event.writer, "number": event.number, "after": 0}
            log.enqueue("lab.tell", pause=asked.get("pause", 0), **told)
        else:
            log.add(asked["to"], event)  # type: ignore[arg-type]
        if asked.get("then") == "refuse":
            raise Refused
        if asked.get("then") == "break":
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO streams_stream (user_id, epoch, head, floor) VALUES (999999999, 'x', 0, 0)")


def notes(request: HttpRequest) -> HttpResponse:
    """GET: what has been done, {key: [user ids]}."""
    rows = Session.objects.filter(pk__startswith=PREFIX).values_list("session_key", "session_data")
    return JsonResponse({key.removeprefix(PREFIX): json.loads(to) for key, to in rows})
