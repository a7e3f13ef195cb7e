"""What the doors over plain HTTP share: a request read once, answers with the right headers, a connection that may be
refused before it has begun.

These doors are ASGI, below Django: a middleware chain holds a thread for as long as a view waits, and a few hundred waiting
clients would be a few hundred threads. Whatever needs no waiting goes on to Django.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings

from streams import metrics
from streams.conf import conf
from streams.cursor import Cursor
from streams.protocol import CloseCode

from .address import address_in
from .connection import Connection
from .hub import Hub
from .identity import Credential, Refusal
from .origin import session_key_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

ABORT = "streams.abort"
"""ASGI extension of our own server: a function that drops the transport of a client that does not read."""
_STATUS = {
    CloseCode.NOT_AUTHENTICATED: 401,
    CloseCode.REVOKED: 401,
    CloseCode.EXPIRED: 401,
    CloseCode.FORBIDDEN: 403,
    CloseCode.REPLACED: 429,
    CloseCode.RATE_LIMITED: 429,
}
_CODES = {401: "not_authenticated", 403: "permission_denied", 429: "throttled", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to follow a stream."""

    after: Cursor | None
    wait: float | None
    credential: Credential
    address: str
    origin: str | None

    @classmethod
    def read(cls, scope: Scope) -> "Asked":
        """The request of an ASGI scope.

        Raises:
            MalformedCursor: `after`, or `Last-Event-ID`, is no cursor.
            ValueError: `wait` is no number of seconds, in words.
        """
        headers = headers_of(scope)
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        # A browser that reconnects repeats the address it began with and tells in this header how far it has come.
        after = headers.get("last-event-id") or query.get("after")
        scheme, _, token = headers.get("authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else None
        cookie = None if bearer else session_key_of(headers.get("cookie", ""), settings.SESSION_COOKIE_NAME)
        return cls(
            after=None if after is None else Cursor.parse(after),
            wait=_seconds(query["wait"]) if "wait" in query else None,
            credential=Credential(bearer, cookie),
            address=address_in(scope),
            origin=headers.get("origin"),
        )


def _seconds(text: str) -> float:
    """How long a client wants to wait, at most a heartbeat."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"wait is a whole number of seconds, such as 25, not {text[:40]!r}.")
    return conf().HEARTBEAT if len(text) > 9 else min(float(text), conf().HEARTBEAT)


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request by lower-case name."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def shared_headers(origin: str | None) -> Headers:
    """What every answer carries: nothing in between may keep it or hold it back, and pages of allowed origins may read it."""
    headers = [(b"cache-control", b"no-store, no-transform"), (b"x-accel-buffering", b"no"), (b"vary", b"origin")]
    if origin is not None and origin in conf().ALLOWED_ORIGINS:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", b"stream-cursor, retry-after"),
        ]
    return headers


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is not answered as asked (RFC 9457)."""

    status: int
    code: str
    detail: str

    @classmethod
    def of_close(cls, code: int, reason: str) -> "Problem":
        """What a close code means to a client that has no connection to close."""
        status = _STATUS.get(CloseCode(code), 503)
        return cls(status, _CODES[status], reason or "Come back in a moment.")

    def body(self) -> bytes:
        return json.dumps(
            {
                "type": "about:blank",
                "title": self.code,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                "error": self.detail,
            }
        ).encode()


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a whole answer."""
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_problem(send: Send, problem: Problem, origin: str | None) -> None:
    """Send a problem as the answer."""
    headers = [(b"content-type", b"application/problem+json"), *shared_headers(origin)]
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if problem.status in (429, 503):
        headers.append((b"retry-after", b"2"))
    await answer(send, problem.status, headers, problem.body())


class HttpConnection(Connection):
    """A connection that ends as an HTTP answer. `ended` is why, once it is over."""

    __slots__ = ("asked", "ended", "wake")

    def __init__(self, hub: Hub, asked: Asked) -> None:
        super().__init__(hub, session_key=None, address=asked.address)
        self.asked = asked
        self.resume = asked.after
        self.ended: Problem | None = None
        self.wake = asyncio.Event()

    async def carry(self, send: Send) -> None:
        """Answer the request; returns when the answer is complete."""
        raise NotImplementedError

    def refused(self, refusal: Refusal) -> None:
        self.close(refusal.code, refusal.reason)

    def close(self, code: int, reason: str = "") -> None:
        if not self.closed:
            metrics.CLOSED.labels(str(int(code))).inc()
            self.ended = Problem.of_close(code, reason)
            self.said_goodbye(int(code), reason)
            self.lost()
            self.wake.set()

    def said_goodbye(self, code: int, reason: str) -> None:
        """The gateway ends this connection; a door that can still say so does it here."""

    def located(self, position: Any) -> None:
        super().located(position)
        # These clients cannot send acknowledgements; that they go on from a cursor is one.
        if self.resume is not None and self.delivery.sent == self.resume.seq and not self.closed:
            self._ack(self.resume.seq)

    def ping(self) -> None:
        """Nothing comes back on these doors, so nobody is expected to answer."""

    async def until_gone(self, receive: Receive) -> None:
        """Watch for the client to hang up."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.lost()
        self.wake.set()
