"""One decision at a time about two people, and at the same time as many decisions about others as there are.

A request, its answer, its withdrawal, a removal and a block all read the state of a pair and then change it. Locking
the two members' rows would also queue everybody else who has to do with either of them (a popular member's row is hot),
so the pair itself is locked: on PostgreSQL by a transaction-level advisory lock on a number made of both ids; SQLite
has one writer. An action takes one such lock, first, and so cannot deadlock with another.

May import: models.
"""

import hashlib

from django.db import connection
from django.db.models import Q

from accounts.models import User

from .models import FriendRequest, Friendship


def lock_pair(one_id: int, other_id: int) -> None:
    """Wait until nobody else decides about these two, then hold it until the transaction ends."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(one_id, other_id)])


def lock_number(one_id: int, other_id: int) -> int:
    """A pair as a signed 64-bit number, the same both ways round. A collision costs a wait and nothing else."""
    low, high = sorted((one_id, other_id))
    digest = hashlib.blake2b(b"friends %d %d" % (low, high), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def either_way(first: str, one: User, second: str, other: User) -> Q:
    """Rows that join two people through these columns, whichever way round."""
    return Q(**{first: one, second: other}) | Q(**{first: other, second: one})


def request_between(one: User, other: User) -> FriendRequest | None:
    """The one request that the table can hold for two people."""
    return FriendRequest.objects.filter(either_way("from_user", one, "to_user", other)).first()


def friendship_between(one: User, other: User) -> Friendship | None:
    """Their friendship."""
    low, high = sorted((one.pk, other.pk))
    return Friendship.objects.filter(low_id=low, high_id=high).first()
