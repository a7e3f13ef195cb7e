"""What an adopting project's tests need: see what was recorded, have it delivered, and judge what arrived.

    def test_accepting_tells_the_sender():
        with recorded() as told:
            accept_friend_request(actor=maria, request_id=1)
        assert told.to(pablo) == [FriendAccepted(from_user=Person.of(maria))]

In tests that wrap everything in a transaction nothing ever commits; what is recorded there is seen here all the same, because
this looks at the tables and not at the bus. May import: everything in streams.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from .events import Event, decode_body
from .jobs import run_one
from .models import Entry
from .record import HasPk


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry that appeared: whose stream, its number, and the event."""

    user_id: int
    seq: int | None
    event: Event


@dataclass(slots=True)
class Told:
    """The entries that appeared in a block, in the order they were written."""

    entries: list[Recorded] = field(default_factory=list)

    def to(self, user: HasPk | int) -> list[Event]:
        """What one user was told, in order."""
        user_id = user if isinstance(user, int) else int(user.pk)
        return [one.event for one in self.entries if one.user_id == user_id]

    @property
    def everyone(self) -> set[int]:
        """Ids of the users who were told anything."""
        return {one.user_id for one in self.entries}


@contextmanager
def recorded() -> Iterator[Told]:
    """Collect the entries that are recorded in the block; they are there when it ends."""
    told = Told()
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield told
    told.entries += [
        Recorded(one.stream_id, one.seq, decode_body(one.body))
        for one in Entry.objects.filter(pk__gt=last).order_by("pk")
    ]


def run_jobs(limit: int = 1_000) -> int:
    """Do every job that is due; how many there were.

    Raises:
        AssertionError: after `limit` jobs there are still more, so one of them feeds itself.
    """
    for done in range(limit):
        if not run_one():
            return done
    raise AssertionError(f"more than {limit} jobs")


class NotGapless(AssertionError):
    """Entries were lost, repeated or out of order."""


def assert_gapless(seqs: Sequence[int], *, after: int, until: int | None = None) -> None:
    """Check that numbers are after+1, after+2, … each once and in order, and reach `until` if it is given.

    Raises:
        NotGapless: with what is lost, repeated, out of order, or should not be there.
    """
    last = until if until is not None else max(seqs, default=after)
    wanted = range(after + 1, last + 1)
    if list(seqs) != list(wanted):
        raise NotGapless(what_is_wrong(seqs, wanted))


def what_is_wrong(seqs: Sequence[int], wanted: Iterable[int]) -> str:
    """The differences between what came and what should have come, in words."""
    right = set(wanted)
    lost = sorted(right - set(seqs))
    repeated = sorted({seq for seq in seqs if seqs.count(seq) > 1})
    foreign = sorted(set(seqs) - right)
    disorder = [pair for pair in itertools.pairwise(seqs) if pair[1] < pair[0]]
    found = {"lost": lost[:20], "repeated": repeated[:20], "not expected": foreign[:20], "out of order": disorder[:20]}
    return "; ".join(f"{name} {some}" for name, some in found.items() if some)
