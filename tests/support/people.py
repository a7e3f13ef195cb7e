"""People inside this process: members, their REST clients, and what their streams hold.

Imports models, so only test modules import it at their head: a conftest may be loaded before Django is.
"""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from rest_framework.test import APIClient

from accounts.actions.sign_in import Pair, sign_in_by_tokens
from accounts.models import User

PASSWORD = "correct-horse-battery"
MakePerson = Callable[..., User]


def make_person(name: str, **fields: Any) -> User:
    """A member with `PASSWORD`."""
    return User.objects.create_user(
        name, f"{name}@example.com", PASSWORD, **{"first_name": name.title(), "last_name": "Lind", **fields}
    )


def tokens_of(user: User) -> Pair:
    """A new login without a cookie."""
    return sign_in_by_tokens(user, name="a test")


def client_of(user: User) -> APIClient:
    """A REST client that shows a token of its own login."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens_of(user).access}")
    return client


def entries_of(user: User, after: int = 0) -> list[dict[str, Any]]:
    """The entries in a member's stream, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM streams_entry WHERE stream_id = %s AND seq > %s ORDER BY seq", [user.pk, after]
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


def types_of(user: User) -> list[str]:
    """The types of the entries in a member's stream, in order."""
    return [entry["type"] for entry in entries_of(user)]
