"""Become a member."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.selectors import member_by_email, member_by_username


class SignUpRefused(Exception):
    """Something in the form has to change; `fields` says what, by the form's names."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(fields)
        self.fields = fields


def sign_up(*, username: str, email: str, password: str, display_name: str = "") -> User:
    """A new member, with an empty profile.

    Raises:
        SignUpRefused: the username or the address is taken in some case, or the password is weak.
    """
    first_name, _, last_name = display_name.strip().partition(" ")
    user = User(
        username=User.normalize_username(username), email=email, first_name=first_name, last_name=last_name.strip()
    )
    if problems := _taken(user) | _weak(user, password):
        raise SignUpRefused(problems)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # somebody took the name since we looked
        raise SignUpRefused(_taken(user) or {"username": [_USERNAME_TAKEN]}) from None
    return user


_USERNAME_TAKEN = "This username is taken."
_EMAIL_TAKEN = "There is an account with this e-mail address already."


def _taken(user: User) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if member_by_username(user.username):
        found["username"] = [_USERNAME_TAKEN]
    if member_by_email(user.email):
        found["email"] = [_EMAIL_TAKEN]
    return found


def _weak(user: User, password: str) -> dict[str, list[str]]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {"password": list(error.messages)}
    return {}
