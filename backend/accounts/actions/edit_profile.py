"""Change what one tells of oneself."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.selectors import profile_of

NAMES = ("first_name", "last_name")
ABOUT = ("bio", "location", "website", "avatar")


def edit_profile(*, actor: User, changes: Mapping[str, str]) -> User:
    """Set what `changes` names, leave the rest, and touch no other column, so that two edits at once both hold."""
    profile = profile_of(actor)
    names = [name for name in NAMES if name in changes]
    about = [name for name in ABOUT if name in changes]
    for name in names:
        setattr(actor, name, changes[name])
    for name in about:
        setattr(profile, name, changes[name])
    with transaction.atomic():
        if names:
            actor.save(update_fields=names)
        if about:
            profile.save(update_fields=[*about, "updated_at"])
    return actor
