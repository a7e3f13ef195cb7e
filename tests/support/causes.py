"""What ends a login, each as it is done: over REST by the person, or in another process by somebody who keeps the house.

Every cause says when it was done (answered, saved), by the monotonic clock, which all processes of a machine share.
"""

import time
from collections.abc import Callable

from tests.support.databases import run_python
from tests.support.product import Product, SignedIn

Cause = Callable[[Product, SignedIn], float]

CHANGES = {
    "password": "user.set_password('another-long-password')",
    "disabled": "user.is_active = False",
}
CHANGE = """
import sys, time, django
django.setup()
from accounts.models import User
user = User.objects.get(pk=int(sys.argv[1]))
{change}
user.save()
print(time.monotonic())
"""


def log_out(product: Product, person: SignedIn) -> float:
    person.rest.post("/api/auth/logout/", json={"refresh": person.refresh}).raise_for_status()
    return time.monotonic()


def end_device(product: Product, person: SignedIn) -> float:
    """From the list of devices, by its other login."""
    (mine,) = [one for one in person.rest.get("/api/auth/sessions/").json() if one["current"]]
    other = product.login(person.person)
    other.rest.delete(f"/api/auth/sessions/{mine['id']}/").raise_for_status()
    return time.monotonic()


def change(what: str) -> Cause:
    def work(product: Product, person: SignedIn) -> float:
        return float(run_python("-c", CHANGE.format(change=CHANGES[what]), str(person.id), env=product.env))

    return work


def delete_account(product: Product, person: SignedIn) -> float:
    person.rest.request("DELETE", "/api/auth/me/", json={"password": person.person.password}).raise_for_status()
    return time.monotonic()


CAUSES: dict[str, tuple[Cause, bool]] = {
    "logout": (log_out, False),
    "device ended": (end_device, False),
    "password changed": (change("password"), True),
    "account disabled": (change("disabled"), True),
    "account deleted": (delete_account, True),
}
"""What ends a login, and whether it ends the other logins of that person too."""
