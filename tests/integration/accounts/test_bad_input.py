"""Whatever is sent to the API, the answer is a problem in words and never a 500."""

import json
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError
from django.test import Client

from accounts.models import User
from tests.support.people import tokens_of

pytestmark = pytest.mark.django_db

JSON = "application/json"


def login(body: bytes, content_type: str = JSON) -> Any:
    return Client(raise_request_exception=False).post("/api/auth/login/", body, content_type=content_type)


def is_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/problem+json")
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == status
    assert body["detail"] == body["error"] != ""
    assert body["code"]
    assert body["title"]
    return body


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1]",
        b"7",
        b'{"email": NaN}',
        b"[" * 100_000,
        b'{"email":' * 100_000,
        b'{"email": "\\ud800", "password": "x"}',
        b'{"email": "a\\u0000b", "password": "x"}',
        b'{"email": 1' + b"0" * 5_000 + b"}",
        b'{"email": "a", "email": "b"}',
        b"\xff\xfe",
        b'{"email": "' + b"x" * 300_000 + b'"}',
        b"",
        b"{}",
        b'{"email": {"a": 1}, "password": []}',
        b'{"email": null, "password": null}',
    ],
)
def test_a_bad_body_is_400_in_words(db: None, body: bytes) -> None:
    is_problem(login(body), 400)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_a_body_that_is_not_json_is_415(db: None, kind: str) -> None:
    is_problem(login(b"email=a&password=b", kind), 415)


def test_the_charset_of_json_does_not_matter(maria: User) -> None:
    body = json.dumps({"email": maria.email, "password": "correct-horse-battery"}).encode()
    assert login(body, "application/json; charset=utf-8").status_code == 200
    assert login(body, "Application/JSON").status_code == 200


def test_a_wrong_method_is_405_and_says_which_are_right(maria: User) -> None:
    bearer = f"Bearer {tokens_of(maria).access}"
    response = Client().put("/api/friends/", b"{}", content_type=JSON, HTTP_AUTHORIZATION=bearer)
    is_problem(response, 405)
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("debug", [False, True])
def test_a_path_that_is_none_is_404(settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    is_problem(Client().get("/api/no/such/path/"), 404)
    is_problem(Client().post("/api/auth/login", b"{}", content_type=JSON), 404)


@pytest.mark.parametrize("debug", [False, True])
def test_a_crash_is_a_500_that_tells_nothing_of_the_inside(
    maria: User, settings: Any, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    def crash(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("secret words")

    settings.DEBUG = debug
    monkeypatch.setattr("accounts.views.members.search_members", crash)
    bearer = f"Bearer {tokens_of(maria).access}"
    client = Client(raise_request_exception=False)
    response = client.get("/api/auth/search/", HTTP_AUTHORIZATION=bearer, HTTP_ORIGIN="https://app.example")
    body = is_problem(response, 500)
    assert "secret" not in json.dumps(body)


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(maria: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bearer = f"Bearer {tokens_of(maria).access}"

    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("couldn't get a connection after 5.00 sec")

    monkeypatch.setattr("accounts.authentication.device_of_token", away)
    response = Client().get("/api/auth/me/", HTTP_AUTHORIZATION=bearer)
    is_problem(response, 503)
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize(
    "error",
    [
        ProgrammingError("column accounts_device.colour does not exist"),
        OperationalError("no such column: accounts_device.colour"),
        OperationalError("table accounts_device has no column named colour"),
        OperationalError("no such table: accounts_device"),
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/api/auth/me/", "/api/events/"])
def test_a_column_that_nobody_made_is_our_mistake_and_not_a_database_that_is_away(
    maria: User, monkeypatch: pytest.MonkeyPatch, error: Exception, path: str
) -> None:
    bearer = f"Bearer {tokens_of(maria).access}"

    def behind(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr("accounts.authentication.device_of_token", behind)
    monkeypatch.setattr("streams.gateway.poll._authenticate", behind)
    response = Client(raise_request_exception=False).get(path, HTTP_AUTHORIZATION=bearer)
    is_problem(response, 500)


def test_a_strange_host_is_400_in_words(db: None) -> None:
    is_problem(Client().get("/api/auth/me/", HTTP_HOST="evil.example"), 400)


def test_everything_outside_the_api_keeps_its_own_errors(db: None) -> None:
    response = Client().get("/admin/nothing/")
    assert "json" not in response["Content-Type"]
