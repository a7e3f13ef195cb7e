"""Know a member by e-mail address or by username, whatever the case."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .models import User
from .selectors import member_by_email, member_by_username


class EmailBackend(ModelBackend):
    """Django's own password check behind a search by address first, by username second."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or password is None or "\0" in username:
            return None
        user = member_by_email(username) or member_by_username(username)
        if user is None:
            User().set_password(password)  # as slow as a wrong password, so that nobody can tell who is a member
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
