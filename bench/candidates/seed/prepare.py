"""Makes the tutorial's database: N people and a session for each; writes their cookie headers, one a line, to the given file."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    count, cookies = int(sys.argv[1]), Path(sys.argv[2])
    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.models import Session

    call_command("migrate", verbosity=0)
    user_model = get_user_model()
    user_model.objects.bulk_create([user_model(username=f"user{n}", password="!") for n in range(1, count + 1)], 500)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    sessions = []
    for user in user_model.objects.order_by("pk"):
        session = store()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        sessions.append((session._get_new_session_key(), session))
    Session.objects.bulk_create(
        [
            Session(session_key=key, session_data=made.encode(made._session), expire_date=made.get_expiry_date())
            for key, made in sessions
        ],
        500,
    )
    cookies.write_text("".join(f"Cookie: sessionid={key}\n" for key, _ in sessions))


main()
