"""Signing up, in, on and out, by token and by cookie."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Device, User
from tests.support.people import PASSWORD, client_of, tokens_of

pytestmark = pytest.mark.django_db

FORM = {"username": "kenji", "email": "kenji@example.com", "password": PASSWORD, "display_name": "Kenji Mori Sato"}


def post(path: str, body: dict[str, Any], **headers: Any) -> Any:
    return APIClient().post(f"/api/auth/{path}", body, format="json", **headers)


def login(client: Any, user: User, password: str = PASSWORD) -> Any:
    body = {"email": user.email, "password": password}
    return client.post("/api/auth/login/", body, content_type="application/json")


def test_signing_up_makes_a_member_with_a_profile() -> None:
    response = post("signup/", FORM)
    assert response.status_code == 201
    user = response.data["user"]
    assert set(user) == {"id", "username", "email", "first_name", "last_name", "profile"}
    assert (user["first_name"], user["last_name"]) == ("Kenji", "Mori Sato")
    assert user["profile"]["user"] == user["id"]
    assert response.data["message"]
    assert post("login/", {"email": "kenji@example.com", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "MARIA"}, "username"),
        ({"email": "Maria@Example.COM"}, "email"),
        ({"password": "12345678"}, "password"),
        ({"password": "kenji"}, "password"),
        ({"email": "not an address"}, "email"),
        ({"email": None}, "email"),
        ({"username": ["a"]}, "username"),
        ({"username": True}, "username"),
        ({"password": "x" * 1_025}, "password"),
        ({"username": "a b"}, "username"),
    ],
)
def test_a_form_says_at_the_field_what_is_taken_weak_or_wrong(maria: User, change: dict[str, Any], field: str) -> None:
    response = post("signup/", FORM | change)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert isinstance(response.data[field], list)
    assert response.data["errors"][field] == response.data[field]
    assert response.data["detail"] == response.data["error"]
    assert not User.objects.filter(username="kenji").exists()


def test_nobody_signs_up_as_staff() -> None:
    post("signup/", FORM | {"is_staff": True, "is_superuser": True, "id": 1_000})
    user = User.objects.get(username="kenji")
    assert (user.is_staff, user.is_superuser, user.pk == 1_000) == (False, False, False)


def test_one_login_gives_tokens_and_a_cookie_of_the_same_device(maria: User) -> None:
    client = Client()
    response = login(client, maria)
    assert response.status_code == 200
    assert set(response.json()) == {"access", "refresh"}
    device = Device.objects.get()
    assert device.session_key == client.cookies["sessionid"].value
    assert tokens.read(response.json()["access"], "access", now=time.time()).device == device.pk
    assert client.get("/api/auth/me/").json()["username"] == "maria"
    bearer = APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {response.json()['access']}")
    assert bearer.data["email"] == "maria@example.com"


def test_the_address_is_known_in_any_case(maria: User) -> None:
    assert post("login/", {"email": "MARIA@example.com", "password": PASSWORD}).status_code == 200


def test_login_ignores_a_stale_token(maria: User) -> None:
    body = {"email": maria.email, "password": PASSWORD}
    assert post("login/", body, HTTP_AUTHORIZATION="Bearer stale").status_code == 200
    assert post("signup/", FORM, HTTP_AUTHORIZATION="Bearer stale").status_code == 201


def test_a_refused_login_says_the_same_whatever_is_wrong(maria: User, pablo: User) -> None:
    pablo.is_active = False
    pablo.save()
    answers = [
        post("login/", {"email": email, "password": password})
        for email, password in [
            (maria.email, "wrong-password"),
            ("nobody@example.com", PASSWORD),
            (pablo.email, PASSWORD),
            ("x" * 200, "wrong"),
        ]
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({str(answer.data) for answer in answers}) == 1


def test_guessing_passwords_ends_in_waiting(maria: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    for _ in range(3):
        last = post("login/", {"email": maria.email, "password": "wrong-password"})
    assert last.status_code == 429
    locked = post("login/", {"email": maria.email, "password": PASSWORD})
    assert locked.status_code == 429
    assert locked["Content-Type"] == "application/problem+json"
    assert int(locked["Retry-After"]) > 0
    assert post("login/", {"email": maria.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_too_many_logins_are_throttled_in_words(maria: User, settings: Any) -> None:
    settings.THROTTLE_FACTOR = 1
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "login": "2/m"}
    body = {"email": maria.email, "password": PASSWORD}
    assert [post("login/", body).status_code for _ in range(3)] == [200, 200, 429]
    refused = post("login/", body)
    assert (refused.data["code"], int(refused["Retry-After"]) > 0) == ("throttled", True)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic abc", "Token abc", "Bearer \x00"])
def test_a_bad_token_is_exactly_401(maria: User, header: str) -> None:
    client = Client()
    login(client, maria)
    response = client.get("/api/auth/me/", HTTP_AUTHORIZATION=header, HTTP_ORIGIN="http://localhost:5173")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_no_credentials_are_401_too_and_still_give_the_csrf_cookie(db: None) -> None:
    client = Client()
    response = client.get("/api/auth/me/")
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "csrftoken" in client.cookies


def test_an_expired_token_is_401_and_a_refresh_mends_it(maria: User) -> None:
    pair = tokens_of(maria)
    device = Device.objects.get()
    old = tokens.mint("access", user_id=maria.pk, device_id=device.pk, now=time.time() - 4_000)
    refused = APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {old}")
    assert (refused.status_code, refused.data["code"]) == (401, "token_not_valid")
    fresh = post("token/refresh/", {"refresh": pair.refresh})
    assert (fresh.status_code, fresh.data["refresh"]) == (200, pair.refresh)
    bearer = f"Bearer {fresh.data['access']}"
    assert APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=bearer).status_code == 200


def test_errors_carry_the_cors_headers_or_clients_could_not_read_them(maria: User, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    for path, method in (("auth/me/", "GET"), ("nothing/", "GET"), ("auth/login/", "PUT"), ("auth/login/", "POST")):
        response = Client().generic(method, f"/api/{path}", "{", "application/json", HTTP_ORIGIN="https://app.example")
        assert response.status_code >= 400
        assert response["Access-Control-Allow-Origin"] == "https://app.example"
        assert "json" in response["Content-Type"]


def test_a_preflight_allows_what_clients_send(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        response = Client().options(
            "/api/friends/",
            HTTP_ORIGIN="https://app.example",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD=method,
            HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,content-type,idempotency-key",
        )
        assert response.status_code == 200
        assert method in response["Access-Control-Allow-Methods"]
        allowed = response["Access-Control-Allow-Headers"]
        assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))
        assert int(response["Access-Control-Max-Age"]) > 0


def test_a_rotated_refresh_token_is_good_once_and_using_it_again_ends_the_login(maria: User) -> None:
    first = tokens_of(maria).refresh
    rotated = post("token/refresh/", {"refresh": first, "rotate": True})
    second = rotated.data["refresh"]
    assert second != first
    assert post("token/refresh/", {"refresh": second}).status_code == 200
    assert post("token/refresh/", {"refresh": first}).status_code == 401
    assert post("token/refresh/", {"refresh": second}).status_code == 401
    bearer = f"Bearer {rotated.data['access']}"
    assert APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=bearer).status_code == 401
    assert not Device.objects.exists()


@pytest.mark.parametrize("refresh", ["", "x", "a.b.c", "\u00e9", None, 7, ["x"]])
def test_a_refresh_token_that_is_none_is_refused(db: None, refresh: Any) -> None:
    assert post("token/refresh/", {"refresh": refresh}).status_code in {400, 401}


def test_an_access_token_refreshes_nothing(maria: User) -> None:
    assert post("token/refresh/", {"refresh": tokens_of(maria).access}).status_code == 401


def test_signing_out_ends_cookie_and_tokens_of_this_login_alone(maria: User) -> None:
    elsewhere = client_of(maria)
    client = Client()
    pair = login(client, maria).json()
    answer = client.post("/api/auth/logout/", HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    assert answer.status_code == 200
    assert client.get("/api/auth/me/").status_code == 401
    bearer = f"Bearer {pair['access']}"
    assert APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=bearer).status_code == 401
    assert post("token/refresh/", {"refresh": pair["refresh"]}).status_code == 401
    assert not Session.objects.exists()
    assert elsewhere.get("/api/auth/me/").status_code == 200


def test_a_refresh_token_alone_can_sign_out(maria: User) -> None:
    pair = tokens_of(maria)
    assert post("logout/", {"refresh": pair.refresh}).status_code == 200
    assert not Device.objects.exists()
    assert post("logout/", {"refresh": pair.refresh}).status_code == 401
    assert post("logout/", {}).status_code == 401


def test_a_cookie_writes_only_with_the_csrf_token(maria: User) -> None:
    client = Client(enforce_csrf_checks=True)
    login(client, maria)
    body = '{"bio": "Hello"}'
    refused = client.patch("/api/auth/profile/", body, content_type="application/json")
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    csrf = client.cookies["csrftoken"].value
    taken = client.patch("/api/auth/profile/", body, content_type="application/json", HTTP_X_CSRFTOKEN=csrf)
    assert taken.json()["profile"]["bio"] == "Hello"
    assert client.post("/api/auth/logout/").status_code == 403


def test_a_second_login_in_the_same_browser_leaves_no_key_behind(maria: User, pablo: User) -> None:
    client = Client()
    login(client, maria)
    old_key = client.cookies["sessionid"].value
    login(client, pablo)
    assert client.get("/api/auth/me/").json()["username"] == "pablo"
    assert not Device.objects.filter(session_key=old_key).exists()
    assert not Session.objects.filter(session_key=old_key).exists()
