"""Migrate a database and give it accounts: `python -m tests.support.populate COUNT PASSWORD`, in a process of its own.

All accounts share one cheap password hash, made once: hashing properly takes a third of a second each.
"""

import json
import sys

import django


def main(count: int, password: str) -> None:
    """Bring the database to `count` people and print [id, username, email] of each as JSON."""
    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import PBKDF2PasswordHasher
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    people = get_user_model().objects
    present = people.count()
    hashed = PBKDF2PasswordHasher().encode(password, "numeneon", iterations=1)
    names = [f"person{number}" for number in range(present + 1, count + 1)]
    people.bulk_create(
        people.model(username=name, email=f"{name}@example.com", first_name=name.title(), password=hashed)
        for name in names
    )
    sys.stdout.write(json.dumps(list(people.order_by("id").values_list("id", "username", "email"))))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
