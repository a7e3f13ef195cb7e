"""Who is spoken to in a text: `@name`, where a name is what a username can be."""

import re

from django.db.models.functions import Lower

from accounts.models import User
from accounts.people import with_pictures
from accounts.selectors import block_between

MOST = 10
_AT = re.compile(r"(?<![\w@/.])@(\w(?:[\w.+-]{0,148}\w)?)")


def names_in(text: str) -> list[str]:
    """The names spoken to, in order, each once, lowered, ten at most."""
    return list(dict.fromkeys(name.lower() for name in _AT.findall(text)))[:MOST]


def spoken_to(author: User, text: str, mentioned: User | None) -> list[User]:
    """Whom an author speaks to: whom their client named, then the names in the text; nobody across a block."""
    named = [*([mentioned] if mentioned else []), *members_named(names_in(text))]
    found = {user.pk: user for user in named if user.pk != author.pk}
    return [user for user in found.values() if not block_between(author.pk, user.pk)]


def members_named(names: list[str]) -> list[User]:
    """The members of these names, in order of the names."""
    if not names:
        return []
    members = with_pictures(User.objects.filter(is_active=True)).annotate(_low=Lower("username"))
    found = {user.username.lower(): user for user in members.filter(_low__in=names)}
    return [found[name] for name in names if name in found]
