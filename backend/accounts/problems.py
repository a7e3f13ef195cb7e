"""Errors as problem details (RFC 9457), in words a person can read, with a code that a program can rely on.

Two ways lead here. What a REST view raises passes `problem_response`; what Django answers by itself under /api/ (no
such path, a host that is not ours, a crash) passes `ProblemMiddleware`, so a client never meets a page of HTML.

Clients of the old backend read `error`, and a form's field errors as lists at top level; both stand beside `detail`.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, Error, IntegrityError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from streams.away import is_away

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 2
RESERVED = frozenset({"type", "title", "status", "detail", "code", "error", "errors"})
API = "/api/"

log = structlog.get_logger(__name__)


class Problem(Exception):
    """Something stands in the way of a request. Subclasses' docstrings are the words that the person reads."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid"

    @property
    def detail(self) -> str:
        return str(self) or " ".join((type(self).__doc__ or "").split())


class NotFound(Problem):
    """There is nothing here."""

    status = 404
    code = "not_found"


Fields = Mapping[str, list[str]]

_WORDS = {
    400: ("The request cannot be understood.", "bad_request"),
    401: ("Sign in first.", "not_authenticated"),
    403: ("You may not do this.", "permission_denied"),
    404: ("There is nothing here.", "not_found"),
    405: ("This cannot be done here.", "method_not_allowed"),
    409: ("Somebody changed this at the same moment. Try again.", "conflict"),
    415: ("Send the body as application/json.", "unsupported_media_type"),
    429: ("Too many requests. Wait a moment.", "throttled"),
    500: ("Something went wrong here. We have been told.", "server_error"),
    503: ("The database is away for a moment. Try again.", "unavailable"),
}


def problem(status: int, detail: str = "", code: str = "", *, fields: Fields | None = None) -> dict[str, Any]:
    """The members of a problem. Field errors whose names the problem itself needs stand only under `errors`."""
    words, usual_code = _WORDS.get(status, _WORDS[500 if status >= 500 else 400])
    detail = detail or words
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code or usual_code,
        "error": detail,
    }
    if fields:
        body["errors"] = dict(fields)
        body |= {name: messages for name, messages in fields.items() if name not in RESERVED}
    return body


def problem_response(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler. None lets the exception through, to be logged and answered 500."""
    found = _described(exception)
    if found is None:
        return None
    status, body, headers = found
    set_rollback()
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


Described = tuple[int, dict[str, Any], dict[str, str]]


def _described(exception: Exception) -> Described | None:
    match exception:
        case Problem():
            return exception.status, problem(exception.status, exception.detail, exception.code), {}
        case exceptions.ValidationError():
            fields = _fields(exception.detail)
            return 400, problem(400, _first_words(fields), "invalid", fields=fields), {}
        case exceptions.APIException():
            return _described_by_framework(exception)
        case Http404():
            return 404, problem(404), {}
        case PermissionDenied():
            return 403, problem(403), {}
        case SuspiciousOperation() | BadRequest():
            return 400, problem(400), {}
        case DatabaseError() | InterfaceError():
            return _described_by_database(exception)
    return None


def _described_by_framework(exception: exceptions.APIException) -> Described:
    headers: dict[str, str] = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    status = exception.status_code
    detail, code = str(exception.detail), str(getattr(exception.detail, "code", ""))
    if isinstance(exception, exceptions.NotAuthenticated | exceptions.UnsupportedMediaType | exceptions.Throttled):
        detail, code = "", ""
    return status, problem(status, detail, code), headers


def _described_by_database(exception: Error) -> Described | None:
    """A database that is away, full or busy answers "later"; two writers who collided, "again". The rest is our mistake."""
    if not isinstance(exception, IntegrityError) and not is_away(exception):
        return None
    log.warning("database_refused", kind=type(exception).__name__, reason=str(exception)[:300])
    if isinstance(exception, IntegrityError):
        return 409, problem(409), {}
    return 503, problem(503), {"Retry-After": str(RETRY_AFTER)}


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            path = f"{prefix}.{name}" if prefix else str(name)
            found |= _fields(inner, path)
        return found
    messages = detail if isinstance(detail, list) else [detail]
    return {prefix or "non_field_errors": [str(message) for message in messages]}


def _first_words(fields: Fields) -> str:
    name, messages = next(iter(fields.items()))
    return messages[0] if name == "non_field_errors" else f"{name}: {messages[0]}"


def render_problem(status: int, detail: str = "", code: str = "") -> HttpResponse:
    """A problem as a plain Django response."""
    return HttpResponse(json.dumps(problem(status, detail, code)), status=status, content_type=MEDIA_TYPE)


class ProblemMiddleware(MiddlewareMixin):
    """Turns what Django itself answers under /api/ into problems; headers and cookies stay as they are."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith(API) or not isinstance(exception, DatabaseError | InterfaceError):
            return None
        if described := _described_by_database(exception):
            status, body, headers = described
            return HttpResponse(json.dumps(body), status=status, headers=headers, content_type=MEDIA_TYPE)
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code < 400 or not request.path.startswith(API) or not isinstance(response, HttpResponse):
            return response
        if "json" in response.headers.get("Content-Type", ""):
            return response
        response.content = json.dumps(problem(response.status_code)).encode()
        response.headers["Content-Type"] = MEDIA_TYPE
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response
