"""The OpenAPI of every view: beside what a view declares, the errors that any view can answer, as problem details.

A call that is not described is a call that property-based tests and client generators cannot trust, so the common
answers are added here once and not left to each view.
"""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

PROBLEM = "application/problem+json"
CURSOR: dict[str, Any] = {"type": "string", "pattern": r"^[A-Za-z0-9_-]{1,16}\.(0|[1-9][0-9]{0,17})$"}
WRITING = frozenset({"POST", "PUT", "PATCH"})

_WORDS = {
    "400": "The request is not right; field errors stand as lists at top level and under `errors`.",
    "401": "No credentials, or bad or expired ones.",
    "403": "The CSRF token is missing, or this is not allowed.",
    "404": "There is nothing with this id, or it is not yours.",
    "405": "The method does not exist here.",
    "409": "Somebody changed the same thing at the same moment.",
    "415": "The body is not application/json.",
    "429": "Too many requests; `Retry-After` says how long to wait.",
    "503": "The database is away for a moment; `Retry-After` says how long to wait.",
}
_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details, with the old backend's `error` beside them.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "error": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    },
    "required": ["type", "title", "status", "detail", "code", "error"],
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}


def described_problem(status: str) -> dict[str, Any]:
    """The answer with this status, by reference to the schema of problems."""
    return {"description": _WORDS[status], "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer <access token>`."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie, with `X-CSRFToken` for everything that writes."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class ProblemSchema(AutoSchema):
    """drf-spectacular's schema with the problems of this API and the header of state-bearing answers."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        responses = operation["responses"]
        for status in self._problems():
            responses.setdefault(status, self._problem(status))
        handler = getattr(self.view, self.method.lower(), None)
        if getattr(handler, "carries_cursor", False):
            for status, response in responses.items():
                if status.startswith("2"):
                    response.setdefault("headers", {})["Stream-Cursor"] = {
                        "description": "The reader's cursor, read before the state.",
                        "schema": CURSOR,
                    }
        return operation

    def _problems(self) -> list[str]:
        found = ["400", "401", "403", "405", "429", "503"]
        if self.method in WRITING:
            found.append("415")
        if self.method != "GET":
            found.append("409")
        if "{" in self.path or getattr(self.view, "may_be_absent", False):
            found.append("404")
        return sorted(found)

    def _problem(self, status: str) -> dict[str, Any]:
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name="Problem", type=ResolvedComponent.SCHEMA, schema=_PROBLEM_SCHEMA, object="problem"
        )
        self.registry.register_on_missing(component)
        return described_problem(status)
