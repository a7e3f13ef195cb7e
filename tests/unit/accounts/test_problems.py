"""Every error is a problem that a person can read and a program can act on."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from accounts.problems import NotFound, Problem, problem, problem_response


class AlreadyThere(Problem):
    """It is
    there already."""

    code = "already_there"


def test_a_problem_says_what_its_docstring_says() -> None:
    response = problem_response(AlreadyThere(), {})
    assert response is not None
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert response.data == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "It is there already.",
        "code": "already_there",
        "error": "It is there already.",
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (SuspiciousOperation(), 400, "bad_request"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=7.2), 429, "throttled"),
        (OperationalError("server closed the connection"), 503, "unavailable"),
        (InterfaceError("connection already closed"), 503, "unavailable"),
        (IntegrityError("duplicate key"), 409, "conflict"),
    ],
)
def test_errors_of_the_frameworks_and_the_database_are_problems_too(error: Exception, status: int, code: str) -> None:
    response = problem_response(error, {})
    assert response is not None
    assert (response.status_code, response.data["status"], response.data["code"]) == (status, status, code)
    assert response.data["detail"] == response.data["error"] != ""
    assert ("Retry-After" in response.headers) == (status in {429, 503})


def test_the_words_of_the_database_stay_here() -> None:
    response = problem_response(OperationalError("password authentication failed for user huddl"), {})
    assert response is not None
    assert "huddl" not in str(response.data)


def test_a_bug_is_not_a_problem() -> None:
    assert problem_response(ZeroDivisionError(), {}) is None


def test_field_errors_stand_as_lists_where_clients_look_for_them() -> None:
    error = exceptions.ValidationError({"username": ["This username is taken."], "keys": {"p256dh": ["Missing."]}})
    response = problem_response(error, {})
    assert response is not None
    assert response.data["username"] == ["This username is taken."]
    assert response.data["keys.p256dh"] == ["Missing."]
    assert response.data["detail"] == "username: This username is taken."


def test_a_field_named_like_a_member_of_the_problem_does_not_replace_it() -> None:
    body = problem(400, "type: Not one of the three.", fields={"type": ["Not one of the three."]})
    assert body["type"] == "about:blank"
    assert body["errors"] == {"type": ["Not one of the three."]}
