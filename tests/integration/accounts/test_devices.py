"""A device is a login: whatever ends it ends its cookie, its tokens and its sockets, everywhere."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client

from accounts.gateway import authenticate
from accounts.models import Device, User
from streams.bus import Ended, current_bus
from streams.gateway.identity import Credential, Identity
from tests.support.people import PASSWORD, MakePerson, client_of, tokens_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[Ended]:
    """What was said on the bus about ended logins."""
    said: list[Ended] = []

    def publish(signals: Sequence[Ended]) -> int:
        said.extend(signals)
        return 0

    monkeypatch.setattr(current_bus(), "publish", publish)
    return said


def signed_in(user: User) -> tuple[Client, Device]:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client, Device.objects.get(session_key=client.cookies["sessionid"].value)


def let_in(device: Device) -> bool:
    (answer,) = authenticate([Credential(token=None, session_key=device.session_key)])
    return isinstance(answer, Identity)


def test_every_login_is_in_the_list_and_the_asking_one_is_marked(maria: User, pablo: User) -> None:
    signed_in(maria)
    client_of(pablo)
    client = Client(
        headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/149.0 Safari/537.36"}
    )
    client.force_login(maria, backend="accounts.backends.EmailBackend")
    client_of(maria)
    rows = client.get("/api/auth/sessions/").json()
    assert len(rows) == 3
    assert sorted(row["current"] for row in rows) == [False, False, True]
    assert all(set(row) == {"id", "name", "created_at", "last_seen_at", "current"} for row in rows)


def test_the_list_says_what_kind_of_device_it_was(maria: User) -> None:
    client = Client()
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0 Safari/537.36"
    body = {"email": maria.email, "password": PASSWORD}
    client.post("/api/auth/login/", body, content_type="application/json", HTTP_USER_AGENT=agent)
    assert client.get("/api/auth/sessions/").json()[0]["name"] == "Chrome on Linux"


def test_ending_another_device_signs_it_out_and_closes_its_sockets(maria: User, ended: list[Ended]) -> None:
    lost, device = signed_in(maria)
    mine = client_of(maria)
    assert let_in(device)
    assert mine.delete(f"/api/auth/sessions/{device.pk}/").status_code == 204
    assert lost.get("/api/auth/me/").status_code == 401
    assert not let_in(device)
    assert not Session.objects.exists()
    assert ended == [Ended(maria.pk, [device.pk], 4004)]
    assert mine.get("/api/auth/me/").status_code == 200


def test_ending_ones_own_device_signs_out(maria: User) -> None:
    client, device = signed_in(maria)
    assert client.delete(f"/api/auth/sessions/{device.pk}/").status_code == 204
    assert client.get("/api/auth/me/").status_code == 401


def test_somebody_elses_device_is_like_none(maria: User, pablo: User, ended: list[Ended]) -> None:
    _, device = signed_in(pablo)
    client = client_of(maria)
    theirs = client.delete(f"/api/auth/sessions/{device.pk}/")
    nobodys = client.delete("/api/auth/sessions/987654321/")
    assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data) == (404, theirs.data)
    assert Device.objects.filter(pk=device.pk).exists()
    assert ended == []


def test_signing_out_closes_the_sockets_of_this_login(maria: User, ended: list[Ended]) -> None:
    client, device = signed_in(maria)
    signed_in(maria)
    assert client.post("/api/auth/logout/").status_code == 200
    assert ended == [Ended(maria.pk, [device.pk], 4004)]


def test_a_new_password_ends_every_login(maria: User, ended: list[Ended]) -> None:
    client, _ = signed_in(maria)
    bearer = client_of(maria)
    maria.set_password("another-good-password")
    maria.save()
    assert client.get("/api/auth/me/").status_code == 401
    assert bearer.get("/api/auth/me/").status_code == 401
    assert len(ended) == 2


def test_a_new_password_given_in_the_admin_ends_every_login(maria: User, person: MakePerson) -> None:
    client, _ = signed_in(maria)
    chief = person("chief", is_staff=True, is_superuser=True)
    admin, _ = signed_in(chief)
    form = {"password1": "another-good-password", "password2": "another-good-password", "usable_password": "true"}
    response = admin.post(f"/admin/accounts/user/{maria.pk}/password/", form)
    assert response.status_code == 302
    assert client.get("/api/auth/me/").status_code == 401
    assert admin.get("/api/auth/me/").status_code == 200


def test_a_closed_account_is_out_at_once(maria: User, ended: list[Ended]) -> None:
    client, device = signed_in(maria)
    maria.is_active = False
    maria.save(update_fields=["is_active"])
    assert client.get("/api/auth/me/").status_code == 401
    assert not let_in(device)
    assert ended == [Ended(maria.pk, [device.pk], 4004)]


def test_other_changes_of_an_account_end_nothing(maria: User, ended: list[Ended]) -> None:
    client, _ = signed_in(maria)
    maria.first_name = "Mia"
    maria.save()
    fresh = User.objects.get(pk=maria.pk)
    fresh.last_name = "Lindqvist"
    fresh.save(update_fields=["last_name"])
    assert client.get("/api/auth/me/").json()["last_name"] == "Lindqvist"
    assert ended == []


def test_a_hash_that_is_renewed_at_login_is_no_new_password(maria: User, settings: Any, ended: list[Ended]) -> None:
    other, _ = signed_in(maria)
    strange, stranger = signed_in(maria)
    session = SessionStore(stranger.session_key)
    session[HASH_SESSION_KEY] = "of another password"
    session.save()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = maria.password
    body = {"email": maria.email, "password": PASSWORD}
    assert Client().post("/api/auth/login/", body, content_type="application/json").status_code == 200
    assert User.objects.get(pk=maria.pk).password != before
    assert ended == []
    assert other.get("/api/auth/me/").status_code == 200
    assert strange.get("/api/auth/me/").status_code == 401, "what was over stays over"


def test_a_session_whose_device_is_gone_is_nobodys_in_the_admin_too(person: MakePerson) -> None:
    chief = person("chief", is_staff=True, is_superuser=True)
    admin, device = signed_in(chief)
    assert admin.get("/admin/").status_code == 200
    Device.objects.filter(pk=device.pk).update(session_key="0" * 32)
    assert admin.get("/admin/").status_code == 302


def test_a_login_in_the_admin_is_a_device(person: MakePerson) -> None:
    person("chief", is_staff=True, is_superuser=True)
    client = Client()
    client.post("/admin/login/?next=/admin/", {"username": "chief", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    assert client.get("/api/auth/me/").json()["username"] == "chief"
    client.post("/admin/logout/")
    assert not Device.objects.exists()


def test_an_erased_member_is_out_everywhere(maria: User, ended: list[Ended]) -> None:
    client, device = signed_in(maria)
    user_id = maria.pk
    maria.delete()
    assert client.get("/api/auth/me/").status_code == 401
    assert ended == [Ended(user_id, [device.pk], 4004)]


def test_nothing_is_said_of_a_login_that_did_not_end_after_all(maria: User, ended: list[Ended]) -> None:
    _, device = signed_in(maria)
    with transaction.atomic():
        device.delete()
        transaction.set_rollback(True)
    assert ended == []
    assert Device.objects.filter(session_key__isnull=False).exists()


def test_a_token_of_an_ended_login_signs_nobody_in(maria: User) -> None:
    pair = tokens_of(maria)
    Device.objects.all().delete()
    (answer,) = authenticate([Credential(token=pair.access, session_key=None)])
    assert not isinstance(answer, Identity)
