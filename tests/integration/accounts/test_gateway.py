"""The gateway's door lets in who is signed in, everybody of a moment with one query."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tokens
from accounts.gateway import authenticate, authenticate_login, ended_among
from accounts.models import Device, User
from streams.gateway.identity import Credential, Identity, Refusal
from tests.support.people import MakePerson, tokens_of

pytestmark = pytest.mark.django_db


def by_token(token: str) -> Credential:
    return Credential(token=token, session_key=None)


def by_cookie(key: str) -> Credential:
    return Credential(token=None, session_key=key)


def device_of(user: User, key: str | None = None, *, days: float = 30) -> Device:
    return Device.objects.create(user=user, session_key=key, expires_at=timezone.now() + timedelta(days=days))


def test_answers_stand_in_the_order_of_the_questions_and_cost_one_query(person: MakePerson) -> None:
    people = [person(f"person{number}") for number in range(20)]
    credentials = []
    for number, user in enumerate(people):
        device = device_of(user, f"{number:032d}")
        token = tokens.mint("access", user_id=user.pk, device_id=device.pk, now=time.time())
        credentials.append(by_token(token) if number % 2 else by_cookie(f"{number:032d}"))
    with CaptureQueriesContext(connection) as captured:
        answers = authenticate(credentials)
    assert len(captured) == 1
    assert [answer.user_id for answer in answers if isinstance(answer, Identity)] == [user.pk for user in people]


def test_a_token_ends_with_itself_and_a_cookie_with_its_login(maria: User) -> None:
    device = device_of(maria, "a" * 32, days=3)
    now = time.time()
    token = tokens.mint("access", user_id=maria.pk, device_id=device.pk, now=now)
    first, second = authenticate([by_token(token), by_cookie("a" * 32)])
    assert first == Identity(maria.pk, device.pk, float(int(now + 3600)))
    assert second == Identity(maria.pk, device.pk, device.expires_at.timestamp())


def test_whoever_may_not_come_in_is_told_4001(maria: User, pablo: User) -> None:
    device = device_of(maria, "a" * 32)
    now = time.time()
    over = device_of(maria, "b" * 32, days=-1)
    pablo.is_active = False
    pablo.save()
    closed = device_of(pablo, "c" * 32)
    credentials = [
        Credential(None, None),
        by_token(""),
        by_token("x.y.z"),
        by_token("\ud800"),
        by_token(tokens.mint("refresh", user_id=maria.pk, device_id=device.pk, now=now)),
        by_token(tokens.mint("access", user_id=maria.pk, device_id=device.pk, now=now - 4_000)),
        by_token(tokens.mint("access", user_id=pablo.pk, device_id=device.pk, now=now)),
        by_token(tokens.mint("access", user_id=maria.pk, device_id=device.pk + 999, now=now)),
        by_token(tokens.mint("access", user_id=maria.pk, device_id=2**70, now=now)),
        by_token(tokens.mint("access", user_id=pablo.pk, device_id=closed.pk, now=now)),
        by_cookie("d" * 32),
        by_cookie("b" * 32),
        by_cookie("c" * 32),
        by_cookie("a" * 31 + "\0"),
        by_cookie("' OR 1=1 --"),
        by_cookie(""),
        Credential("bad", "a" * 32),
    ]
    assert over.pk
    answers = authenticate(credentials)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == [4001] * len(credentials)
    assert all(isinstance(answer, Refusal) and answer.reason for answer in answers)


def test_nobody_who_could_be_let_in_is_no_query() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert authenticate([]) == []
        authenticate([by_token("x"), Credential(None, None)])
    assert len(captured) == 0


def test_a_client_that_never_renews_its_token_lives_as_long_as_its_login(maria: User) -> None:
    tokens_of(maria)
    device = Device.objects.get()
    old = tokens.mint("access", user_id=maria.pk, device_id=device.pk, now=time.time() - 90_000)
    assert authenticate_login([by_token(old)]) == [Identity(maria.pk, device.pk, device.expires_at.timestamp())]
    device.delete()
    (answer,) = authenticate_login([by_token(old)])
    assert isinstance(answer, Refusal)
    (forged,) = authenticate_login([by_token(old[:-4] + "AAAA")])
    assert isinstance(forged, Refusal)


def test_a_token_does_not_outlive_its_login(maria: User) -> None:
    access = tokens_of(maria).access
    soon = timezone.now() + timedelta(seconds=30)
    Device.objects.update(expires_at=soon)
    (answer,) = authenticate([by_token(access)])
    assert answer == Identity(maria.pk, Device.objects.get().pk, soon.timestamp())


def test_whoever_holds_connections_can_ask_which_logins_are_over(maria: User, pablo: User) -> None:
    lives, gone, over = device_of(maria), device_of(maria), device_of(maria, days=-1)
    closed = device_of(pablo)
    User.objects.filter(pk=pablo.pk).update(is_active=False)
    gone_id = gone.pk
    gone.delete()
    with CaptureQueriesContext(connection) as captured:
        assert ended_among([lives.pk, gone_id, over.pk, closed.pk]) == {gone_id, over.pk, closed.pk}
    assert len(captured) == 1


def test_logins_that_ran_out_of_time_are_cleared_away_by_the_next(maria: User) -> None:
    over = device_of(maria, "a" * 32, days=-1)
    lives = device_of(maria)
    tokens_of(maria)
    assert not Device.objects.filter(pk=over.pk).exists()
    assert Device.objects.filter(pk=lives.pk).exists()
