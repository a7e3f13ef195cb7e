"""Make members who have a browser's login already: `python -m tests.e2e.admission COUNT`, in the product's environment.

Signing in properly costs a third of a second of hashing; one test does it through the form, the others get the cookie
that the form would have given them.
"""

import json
import sys

import django

FIRST_NAMES = ("Maria", "Pablo", "Ines")


def main(count: int) -> None:
    """Print [id, username, first name, session key, access token] of `count` new members as JSON."""
    django.setup()
    from django.contrib.auth import login
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction
    from django.http import HttpRequest

    from accounts.actions.sign_in import sign_in_by_tokens
    from accounts.models import Profile, User
    from tests.support.databases import PASSWORD

    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "numeneon", iterations=1)
    members = []
    with transaction.atomic():
        for number in range(count):
            first = FIRST_NAMES[number % len(FIRST_NAMES)]
            name = f"{first.lower()}{number}"
            user = User.objects.create(
                username=name, email=f"{name}@example.com", first_name=f"{first}{number}", password=hashed
            )
            Profile.objects.get_or_create(user=user)
            request = HttpRequest()
            request.META["REMOTE_ADDR"] = "127.0.0.1"
            request.session = SessionStore()
            login(request, user, backend="accounts.backends.EmailBackend")
            request.session.save()
            access = sign_in_by_tokens(user, name="a test").access
            members.append((user.pk, user.username, user.first_name, request.session.session_key, access))
    sys.stdout.write(json.dumps(members))


if __name__ == "__main__":
    main(int(sys.argv[1]))
