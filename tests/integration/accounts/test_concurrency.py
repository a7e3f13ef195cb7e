"""The same name at the same instant, the same token twice: one wins, and the loser is told in words."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.actions.refresh_tokens import RefreshRefused, refresh_tokens
from accounts.actions.sign_up import SignUpRefused, sign_up
from accounts.models import Device, User
from tests.support.people import make_person, tokens_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What came of each call, all let go together: its result or its refusal."""
    outcomes: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            outcomes[number] = call()
        except (RefreshRefused, SignUpRefused) as refused:
            outcomes[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_a_name_taken_twice_at_once_is_taken_once() -> None:
    for number in range(ROUNDS):
        name = f"kenji{number}"

        def call(name: str = name, email: str = "") -> User:
            return sign_up(
                username=name.upper() if email else name, email=email or f"{name}@example.com", password="correct-horse"
            )

        outcomes = at_once(call, lambda name=name: call(name, f"other-{name}@example.com"))  # type: ignore[misc]
        refused = [one for one in outcomes if isinstance(one, SignUpRefused)]
        assert sorted(type(one).__name__ for one in outcomes) == ["SignUpRefused", "User"]
        assert list(refused[0].fields) == ["username"]
        assert User.objects.filter(username__iexact=name).count() == 1


def test_two_rotations_of_one_token_at_once_end_the_login() -> None:
    for number in range(ROUNDS):
        refresh = tokens_of(make_person(f"maria{number}")).refresh

        def call(refresh: str = refresh) -> object:
            return refresh_tokens(refresh=refresh, rotate=True)

        outcomes = at_once(call, call)
        assert sorted(type(one).__name__ for one in outcomes) == ["Pair", "RefreshRefused"]
        assert not Device.objects.exists()
