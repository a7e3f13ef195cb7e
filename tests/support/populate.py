"""Migrate a database and give it accounts: `python -m tests.support.populate COUNT PASSWORD`, in a process of its own.

All accounts share one cheap password hash, made once, and have a login already: hashing and checking properly takes a
third of a second each.
"""

import json
import sys

import django


def main(count: int, password: str) -> None:
    """Bring the database to `count` people and print [id, username, email, access, refresh] of each as JSON."""
    django.setup()
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from django.core.management import call_command
    from django.db import transaction

    from accounts.actions.sign_in import sign_in_by_tokens
    from accounts.models import User

    call_command("migrate", verbosity=0)
    hashed = PBKDF2PasswordHasher().encode(password, "numeneon", iterations=1)
    names = [f"person{number}" for number in range(User.objects.count() + 1, count + 1)]
    User.objects.bulk_create(
        User(username=name, email=f"{name}@example.com", first_name=name.title(), password=hashed) for name in names
    )
    with transaction.atomic():
        people = [(user, sign_in_by_tokens(user, name="a test")) for user in User.objects.order_by("id")]
    sys.stdout.write(
        json.dumps([(user.pk, user.username, user.email, pair.access, pair.refresh) for user, pair in people])
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
