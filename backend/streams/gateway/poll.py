"""The door for whatever cannot hold a socket: `GET /api/events/?after=<cursor>`.

The same cursor as on every other door: what a poll returned, a socket can go on from.
"""

from dataclasses import dataclass
from functools import partial

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET

from streams.away import is_away
from streams.conf import conf
from streams.cursor import Cursor, MalformedCursor
from streams.delivery import unresumable
from streams.events import frame_of
from streams.read import Page, pages, positions

from .identity import Authenticator, Credential, Identity, Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a poll is told."""

    cursor: Cursor
    head: int
    more: bool
    frames: list[bytes]
    reset: str | None = None

    def encode(self) -> bytes:
        """The JSON."""
        reset = b"" if self.reset is None else b',"reset":"%b"' % self.reset.encode()
        return b'{"cursor":"%b","head":%d,"more":%b%b,"entries":[%b]}' % (
            str(self.cursor).encode(),
            self.head,
            b"true" if self.more else b"false",
            reset,
            b",".join(self.frames),
        )


@require_GET
async def poll(request: HttpRequest) -> HttpResponse:
    """Entries after a cursor; without one, the cursor of now."""
    try:
        identity = await sync_to_async(_authenticate, thread_sensitive=False)(request)
        if isinstance(identity, Refusal):
            return _problem(401, "not_authenticated", identity.reason, {"WWW-Authenticate": "Bearer"})
        text = request.GET.get("after")
        after = None if text is None else Cursor.parse(text)
        answer = await sync_to_async(partial(_read, identity.user_id, after), thread_sensitive=False)()
    except MalformedCursor as error:
        return _problem(400, "malformed_cursor", str(error), {})
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        return _problem(503, "unavailable", "The database does not answer. Try again shortly.", {"Retry-After": "2"})
    response = HttpResponse(answer.encode(), content_type="application/json")
    response["Stream-Cursor"] = str(answer.cursor)
    response["Cache-Control"] = "no-store"
    return response


def _authenticate(request: HttpRequest) -> Identity | Refusal:
    authenticate: Authenticator = import_string(conf().AUTHENTICATOR)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    cookie = None if bearer else request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return authenticate([Credential(bearer, cookie)])[0]


def _read(user_id: int, after: Cursor | None) -> Answer:
    if after is None:
        here = positions([user_id])[user_id]
        return Answer(here.cursor, here.head, more=False, frames=[])
    page: Page | None = pages([(user_id, after.seq)], limit=conf().PAGE, size=conf().PAGE_BYTES)[0]
    here = page.position if page else positions([user_id])[user_id]
    reason = unresumable(after, epoch=here.epoch, head=here.head, floor=here.floor, reach=conf().MAX_REPLAY)
    if page is None or reason is not None:
        return Answer(here.cursor, here.head, more=False, frames=[], reset=reason or "epoch")
    last = page.entries[-1][0] if page.entries else after.seq
    frames = [frame_of(seq, body) for seq, body in page.entries]
    return Answer(Cursor(here.epoch, last), here.head, more=last < here.head, frames=frames)


def _problem(status: int, code: str, detail: str, headers: dict[str, str]) -> HttpResponse:
    body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code, "error": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)
