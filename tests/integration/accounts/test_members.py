"""Oneself, one's profile, and finding others."""

from typing import Any

import pytest

from accounts.models import Profile, User
from tests.support.people import MakePerson, client_of

pytestmark = pytest.mark.django_db


def test_me_is_everything_about_oneself(maria: User) -> None:
    response = client_of(maria).get("/api/auth/me/")
    assert set(response.data) == {
        "id", "username", "email", "first_name", "last_name", "profile_picture", "profile"
    }  # fmt: skip
    assert set(response.data["profile"]) == {
        "id", "user", "bio", "avatar", "location", "website", "created_at", "updated_at"
    }  # fmt: skip
    assert response["Stream-Cursor"]


def test_a_profile_is_never_missing(maria: User) -> None:
    Profile.objects.all().delete()
    assert client_of(maria).get("/api/auth/me/").data["profile"]["bio"] == ""
    assert client_of(maria).get("/api/auth/users/maria/").status_code == 200


def test_a_profile_is_changed_by_patch_and_by_put_of_its_id(maria: User) -> None:
    client = client_of(maria)
    changes = {"bio": "Hi 😀", "avatar": "https://pics.example/m.webp", "first_name": "Mia", "website": ""}
    patched = client.patch("/api/auth/profile/", changes, format="json")
    assert (patched.status_code, patched.data["first_name"], patched.data["profile"]["bio"]) == (200, "Mia", "Hi 😀")
    assert patched.data["profile_picture"] == "https://pics.example/m.webp"
    put = client.put(f"/api/auth/profile/{maria.profile.pk}/", {"location": "Lund"}, format="json")
    assert (put.data["profile"]["location"], put.data["profile"]["bio"]) == ("Lund", "Hi 😀")


def test_somebody_elses_profile_is_like_none(maria: User, pablo: User) -> None:
    client = client_of(maria)
    theirs = client.put(f"/api/auth/profile/{pablo.profile.pk}/", {"bio": "x"}, format="json")
    nobodys = client.put("/api/auth/profile/99999999/", {"bio": "x"}, format="json")
    assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data)
    assert theirs.status_code == 404
    assert Profile.objects.get(user=pablo).bio == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"website": "javascript:alert(1)"},
        {"avatar": "javascript:alert(1)"},
        {"bio": "x" * 501},
        {"bio": None},
        {"bio": ["x"]},
        {"bio": {"a": 1}},
        {"first_name": "x" * 151},
        {"location": "a\nb"},
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(maria: User, changes: dict[str, Any]) -> None:
    response = client_of(maria).patch("/api/auth/profile/", changes, format="json")
    assert response.status_code == 400
    assert isinstance(response.data[next(iter(changes))], list)


def test_columns_that_are_not_ones_own_cannot_be_set(maria: User) -> None:
    body = {"is_staff": True, "id": 5, "user": 9, "email": "x@example.com", "username": "boss", "unknown": [1]}
    assert client_of(maria).patch("/api/auth/profile/", body, format="json").status_code == 200
    maria.refresh_from_db()
    assert (maria.is_staff, maria.email, maria.username) == (False, "maria@example.com", "maria")


def test_a_member_is_shown_without_the_address_except_to_themselves(maria: User, pablo: User) -> None:
    client = client_of(maria)
    shown = client.get("/api/auth/users/PABLO/").data
    assert shown.items() >= {"id": pablo.pk, "username": "pablo", "profile_picture": None}.items()
    assert "email" not in shown
    assert client.get("/api/auth/users/maria/").data["email"] == "maria@example.com"


@pytest.mark.parametrize("name", ["nobody", "%00", "pablo%00", "%ED%A0%80", "..%2f", "x" * 3_000])
def test_a_name_that_nobody_has_is_not_found(maria: User, name: str) -> None:
    assert client_of(maria).get(f"/api/auth/users/{name}/").status_code == 404


def test_a_closed_account_is_not_shown_or_found(maria: User, pablo: User) -> None:
    pablo.is_active = False
    pablo.save()
    client = client_of(maria)
    assert client.get("/api/auth/users/pablo/").status_code == 404
    assert client.get("/api/auth/search/?q=pablo").data == []


def test_search_finds_by_any_name_and_never_the_seeker(maria: User, person: MakePerson) -> None:
    person("kenji", first_name="Kenji", last_name="Mori")
    person("ken", first_name="Barbara", last_name="Doll")
    client = client_of(maria)

    def found(text: str) -> list[str]:
        return [row["username"] for row in client.get("/api/auth/search/", {"q": text}).data]

    assert found("ken") == ["ken", "kenji"]
    assert found("kenji mori") == ["kenji"]
    assert found("DOLL") == ["ken"]
    assert found("maria") == []
    assert found("k") == found("") == ["ken", "kenji"]


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "'", '"; DROP TABLE', "\0\0\0", "ab\0", "\u202e", "x" * 5_000, "a " * 500]
)
def test_whatever_is_searched_for_is_only_text(maria: User, pablo: User, text: str) -> None:
    response = client_of(maria).get("/api/auth/search/", {"q": text})
    assert response.status_code == 200


def test_at_most_twenty_are_found(maria: User, person: MakePerson) -> None:
    for number in range(25):
        person(f"member{number}")
    client = client_of(maria)
    assert len(client.get("/api/auth/search/?q=member").data) == 20
    newest = client.get("/api/auth/search/").data
    assert [row["username"] for row in newest[:2]] == ["member24", "member23"]
