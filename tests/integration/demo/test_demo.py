"""The demo people are there when they are wanted, and only then."""

import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Device, User
from friends.actions.accept_request import accept_request
from friends.actions.block import block
from friends.actions.decline_request import decline_request
from friends.actions.send_request import send_request
from friends.models import FriendRequest, Friendship
from huddl.demo.again import set_the_scene
from huddl.demo.cast import CAST, PASSWORD, people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(settings: Any) -> dict[str, User]:
    settings.DEMO_MODE = True
    call_command("demo", stdout=StringIO())
    return people()


def post(path: str, body: Any = None, client: Client | None = None) -> Any:
    return (client or Client()).post(f"/api/demo/{path}", body or {}, content_type="application/json")


def is_set(left: User, right: User) -> bool:
    (request,) = FriendRequest.objects.filter(from_user__in=[left, right], to_user__in=[left, right])
    friends = Friendship.objects.filter(low__in=[left, right], high__in=[left, right]).exists()
    return (request.from_user_id, request.state) == (right.pk, "open") and not friends


def test_the_command_makes_linked_people_who_can_sign_in(stage: dict[str, User]) -> None:
    assert list(stage)[:2] == ["maria", "pablo"]
    assert len(stage) == len(CAST) >= 8
    assert all(
        Friendship.objects.filter(low=user).exists() or Friendship.objects.filter(high=user).exists()
        for user in stage.values()
    )
    assert is_set(stage["maria"], stage["pablo"])
    login = {"email": "kenji@example.com", "password": PASSWORD}
    assert Client().post("/api/auth/login/", login, content_type="application/json").status_code == 200


def test_running_it_again_changes_nothing_that_visitors_did(stage: dict[str, User]) -> None:
    set_the_scene(left=stage["maria"], right=stage["pablo"])
    request = FriendRequest.objects.get(from_user=stage["pablo"], to_user=stage["maria"])
    accept_request(actor=stage["maria"], request_id=request.pk)
    before = (User.objects.count(), Friendship.objects.count(), FriendRequest.objects.count())
    call_command("demo", stdout=StringIO())
    assert (User.objects.count(), Friendship.objects.count(), FriendRequest.objects.count()) == before


def test_a_member_who_has_a_name_of_the_cast_stays_who_they_are(settings: Any) -> None:
    settings.DEMO_MODE = True
    real = User.objects.create_user("luca", "luca@somewhere.example", "a-real-password")
    call_command("demo", stdout=StringIO())
    assert "luca" not in people()
    assert post("tokens/", {"username": "luca"}).status_code == 404
    assert not Device.objects.filter(user=real).exists()


def test_without_demo_mode_there_is_nothing(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("demo", stdout=StringIO())
    assert not User.objects.exists()
    for response in (Client().get("/api/demo/"), post("tokens/", {"username": "maria"}), post("again/")):
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"


def test_the_cast_is_told_with_portraits(stage: dict[str, User]) -> None:
    answer = Client().get("/api/demo/").json()
    assert (answer["left"], answer["right"]) == ("maria", "pablo")
    assert set(answer["people"][0]) == {"id", "username", "first_name", "last_name", "profile_picture"}
    assert answer["people"][0]["profile_picture"] == "/assets/portraits/maria.svg"


def test_tokens_sign_in_without_touching_the_visitors_cookie(stage: dict[str, User]) -> None:
    client = Client()
    client.force_login(stage["kenji"], backend="accounts.backends.EmailBackend")
    pair = post("tokens/", {"username": "maria"}, client).json()
    shown = client.get("/api/auth/me/", HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()
    assert shown["username"] == "maria"
    assert client.get("/api/auth/me/").json()["username"] == "kenji"
    assert post("tokens/", {"username": "nobody"}).status_code == 404
    assert post("tokens/", {"username": ["maria"]}).status_code == 400


def test_a_visit_leaves_no_login_behind(stage: dict[str, User]) -> None:
    maria = stage["maria"]
    for _ in range(3):
        post("tokens/", {"username": "maria"})
    soon = timezone.now() + timedelta(hours=2)
    visits = Device.objects.filter(user=maria)
    assert visits.filter(expires_at__lt=soon).count() == 3
    visits.update(expires_at=timezone.now())
    post("tokens/", {"username": "maria"})
    assert visits.count() == 1, "those before have gone"


@pytest.mark.parametrize("turn", ["accepted", "declined", "crossed", "blocked", "blocked back", "nothing"])
def test_again_brings_the_pair_back_from_wherever_they_are(stage: dict[str, User], turn: str) -> None:
    maria, pablo = stage["maria"], stage["pablo"]
    request = FriendRequest.objects.get(from_user=pablo, to_user=maria)
    match turn:
        case "accepted":
            accept_request(actor=maria, request_id=request.pk)
        case "declined":
            decline_request(actor=maria, request_id=request.pk)
        case "crossed":
            request.delete()
            send_request(actor=maria, to_user_id=pablo.pk)
        case "blocked":
            block(actor=maria, user_id=pablo.pk)
        case "blocked back":
            block(actor=pablo, user_id=maria.pk)
            block(actor=maria, user_id=pablo.pk)
    assert post("again/").status_code == 204
    assert is_set(maria, pablo)


def test_many_visitors_may_put_it_back_at_once(stage: dict[str, User]) -> None:
    maria, pablo = stage["maria"], stage["pablo"]
    accept_request(actor=maria, request_id=FriendRequest.objects.get(from_user=pablo, to_user=maria).pk)

    def again() -> None:
        try:
            set_the_scene(left=maria, right=pablo)
        finally:
            connection.close()

    threads = [threading.Thread(target=again) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert is_set(maria, pablo)


def test_they_live_when_asked_to(stage: dict[str, User]) -> None:
    told = StringIO()
    call_command("demo", "--live", "--pace", "0", "--acts", "30", stdout=told)
    assert len(told.getvalue().splitlines()) >= 10
