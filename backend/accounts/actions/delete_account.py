"""Leave for good. What is one's own goes with the account; what others' streams carry of it is emptied just after.

Apps that keep lists of people are told first, by the signal `account_closing`, and may record what their members see of it.
"""

from django.contrib.auth import authenticate
from django.dispatch import Signal
from django.http import HttpRequest

from accounts.models import User
from accounts.problems import Problem
from streams.erasure import erase
from streams.record import recording

account_closing = Signal()
"""Sent in the transaction, before anything is gone: `user`, and `log` to record events with."""


class WrongPassword(Problem):
    """This is not your password."""

    status = 403
    code = "wrong_password"


def delete_account(request: HttpRequest, *, actor: User, password: str) -> None:
    """Delete the actor's account, its posts, messages, friendships and logins. Wrong passwords count as failed logins.

    Raises:
        WrongPassword: somebody else may be sitting there.
    """
    user = authenticate(request, username=actor.email, password=password)
    if user is None or user.pk != actor.pk:
        raise WrongPassword
    with recording() as log:
        account_closing.send(User, user=actor, log=log)
        erase(user_id=actor.pk)
        User.objects.get(pk=actor.pk).delete()
