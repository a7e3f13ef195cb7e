"""The worlds that are searched with the right protocol, and the mistakes that each must be caught in one of them.

A mutant is named after what it leaves out. `kinds` are the ways in which it breaks promises; the search for each looks
for that kind alone, so that the story behind a symptom can be told too (a restore without a new epoch first shows as a
cursor ahead of the head, and later as a lost entry).

Imports the worlds, explore and rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from .committing import Committing
from .delivering import Delivering
from .explore import Outcome, World, explore
from .following import Following
from .rules import Rules

AnyWorld = Committing | Delivering | Following

WORLDS: Final[Mapping[str, AnyWorld]] = MappingProxyType(
    {
        "committing, locked": Committing(deferred=False),
        "committing, deferred": Committing(),
        "committing, deferred, two transactions each": Committing(recipients=((0,), (0,)), transactions=2),
        "committing, locked, two streams": Committing(recipients=((0, 1), (1, 0), (1,)), deferred=False),
        "committing, deferred, two streams": Committing(recipients=((0, 1), (1, 0))),
        "committing, bare hints": Committing(rules=Rules(payload_in_hint=False), recipients=((0,), (0,))),
        "committing, nobody killed, no sweep for orphans": Committing(rules=Rules(sweep_numbers=False), kills=False),
        "delivering": Delivering(),
        "delivering, one frame at a time": Delivering(commits=4, restores=0, room=1, page=1),
        "following, through a bad proxy": Following(acks=False),
        "following, acknowledging": Following(drops=0, repeats=0),
        "following, effect stored before its cursor": Following(
            rules=Rules(storing="effect first"), drops=0, repeats=0, acks=False
        ),
        "following, two devices": Following(devices=2, commits=1, restores=0, drops=0, repeats=0),
    }
)
"""Every state of these keeps every promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A protocol with one mistake, the world in which it shows, and how."""

    about: str
    rules: Rules
    world: AnyWorld
    kinds: tuple[str, ...]

    def story(self, kind: str) -> Outcome:
        """The shortest way to a violation of `kind`; its `violation` is None if there is none."""
        return search(replace(self.world, rules=self.rules), kind)


def visit(world: World[Any]) -> Outcome:
    """Look for everything, in every state, up to names."""
    return explore(world)


def search(world: World[Any], kind: str) -> Outcome:
    """Look for one kind of violation, keeping names apart for the sake of the story."""
    return explore(world, only=frozenset({kind}), symmetric=False)


_PAIR = Committing(recipients=((0,), (0,)))
_FOLLOWING = Following(acks=False)
_QUIET = Following(acks=False, drops=0, repeats=0, restores=0)

MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "sequence-without-lock": Mutant(
            about="Numbers come from a database sequence, so rows appear out of order and rollbacks leave holes.",
            rules=Rules(sequence_under_lock=False),
            world=_PAIR,
            kinds=("lost",),
        ),
        "entry-after-commit": Mutant(
            about="The entry is written after its cause has committed, so that a crash in between forgets it.",
            rules=Rules(entry_with_cause=False),
            world=_PAIR,
            kinds=("lost",),
        ),
        "publish-before-commit": Mutant(
            about="The hint leaves before the commit, and carries an entry that may never exist.",
            rules=Rules(publish_after_commit=False),
            world=_PAIR,
            kinds=("phantom",),
        ),
        "publish-before-commit-no-sweep": Mutant(
            about="A bare hint leaves before the commit; who reads at once finds nothing, and nobody looks again.",
            rules=Rules(publish_after_commit=False, payload_in_hint=False, sweeper=False),
            world=_PAIR,
            kinds=("lost",),
        ),
        "unordered-locks": Mutant(
            about="Each action locks heads in the order it happens to name its recipients.",
            rules=Rules(one_lock_order=False),
            world=Committing(recipients=((0, 1), (1, 0)), deferred=False),
            kinds=("deadlock",),
        ),
        "deliver-un-numbered": Mutant(
            about="Reads include entries that wait for their number.",
            rules=Rules(deliver_numbered_only=False),
            world=_PAIR,
            kinds=("un-numbered",),
        ),
        "own-number-first": Mutant(
            about="Who takes the lock numbers its own entry and leaves those that wait for later.",
            rules=Rules(number_waiting_first=False),
            world=Committing(recipients=((0,), (0,)), transactions=2),
            kinds=("out of order",),
        ),
        "orphans-not-swept": Mutant(
            about="What a killed writer left un-numbered waits for the next writer, who may never come.",
            rules=Rules(sweep_numbers=False),
            world=_PAIR,
            kinds=("lost",),
        ),
        "follow-up-skips": Mutant(
            about="Who left an entry un-numbered trusts the holder of the lock to number it, who has looked already.",
            rules=Rules(follow_up_waits=False, sweep_numbers=False),
            world=Committing(recipients=((0,), (0,)), kills=False),
            kinds=("lost",),
        ),
        "no-gap-check": Mutant(
            about="A hint's payload is sent as it comes, whatever its number.",
            rules=Rules(payload_gap_check=False),
            world=Delivering(restores=0, trims=False),
            kinds=("lost",),
        ),
        "no-dedup": Mutant(
            about="A hint that comes again is sent again.",
            rules=Rules(server_dedup=False),
            world=Delivering(restores=0, trims=False),
            kinds=("applied twice",),
        ),
        "read-before-subscribe": Mutant(
            about="A connection reads first and registers for hints afterwards.",
            rules=Rules(subscribe_before_read=False),
            world=Delivering(restores=0, trims=False),
            kinds=("slept",),
        ),
        "read-before-subscribe-no-sweep": Mutant(
            about="A connection reads first and registers for hints afterwards, and no sweep comes to the rescue.",
            rules=Rules(subscribe_before_read=False, sweeper=False),
            world=Delivering(restores=0, trims=False),
            kinds=("lost",),
        ),
        "late-wake-clear": Mutant(
            about="The wake flag is cleared when a read's answer comes, forgetting the hints since the query.",
            rules=Rules(wake_cleared_before_read=False),
            world=Delivering(restores=0, trims=False),
            kinds=("slept",),
        ),
        "payload-past-a-read": Mutant(
            about="A payload that fits is sent while a read is under way, whose answer is older than what was sent.",
            rules=Rules(fast_path_only_when_idle=False),
            world=Delivering(restores=0, trims=False),
            kinds=("slept",),
        ),
        "no-sweep": Mutant(
            about="The bus may lose hints, and nobody looks at the table unasked.",
            rules=Rules(sweeper=False),
            world=Delivering(restores=0, trims=False),
            kinds=("lost",),
        ),
        "trim-without-reset": Mutant(
            about="A position below the floor is served from the floor on, as if nothing had been there.",
            rules=Rules(reset_when_trimmed=False),
            world=Delivering(restores=0),
            kinds=("lost",),
        ),
        "epoch-ignored": Mutant(
            about="A position of another epoch is resumed by its number.",
            rules=Rules(reset_when_epoch_differs=False),
            world=Delivering(trims=False),
            kinds=("lost",),
        ),
        "broadcast": Mutant(
            about="A hint reaches every connection of the process.",
            rules=Rules(dispatch_by_user=False),
            world=Delivering(restores=0, trims=False),
            kinds=("foreign",),
        ),
        "client-no-dedup": Mutant(
            about="The client applies what it has already applied.",
            rules=Rules(client_dedup=False),
            world=_FOLLOWING,
            kinds=("applied twice",),
        ),
        "client-no-gap-check": Mutant(
            about="The client applies whatever comes next.",
            rules=Rules(client_gap_check=False),
            world=_FOLLOWING,
            kinds=("lost",),
        ),
        "ping-without-head": Mutant(
            about="Pings tell nothing, so that a lost tail stays lost.",
            rules=Rules(ping_carries_head=False),
            world=_FOLLOWING,
            kinds=("stale", "lost"),
        ),
        "snapshot-before-cursor": Mutant(
            about="A snapshot reads its state first and its cursor after.",
            rules=Rules(cursor_before_state=False),
            world=_QUIET,
            kinds=("lost",),
        ),
        "apply-during-snapshot": Mutant(
            about="Entries are applied while a snapshot is fetched, whose older state then overwrites them.",
            rules=Rules(hold_during_snapshot=False),
            world=_QUIET,
            kinds=("lost",),
        ),
        "cursor-first": Mutant(
            about="The cursor is stored before its effect.",
            rules=Rules(storing="cursor first"),
            world=_QUIET,
            kinds=("lost",),
        ),
        "ack-before-apply": Mutant(
            about="What has been received is acknowledged before it is applied and stored.",
            rules=Rules(ack_after_store=False),
            world=replace(_QUIET, acks=True),
            kinds=("acknowledged too much",),
        ),
        "ack-without-epoch": Mutant(
            about="A number acknowledged before a restore is taken for one of after it.",
            rules=Rules(ack_names_epoch=False),
            world=Following(drops=0, repeats=0),
            kinds=("acknowledged too much",),
        ),
        "ack-per-user": Mutant(
            about="One device's acknowledgement speaks for all.",
            rules=Rules(ack_per_device=False),
            world=Following(devices=2, commits=1, restores=0, drops=0, repeats=0),
            kinds=("acknowledged too much",),
        ),
        "epoch-kept": Mutant(
            about="A restored database keeps its epoch, so that numbers mean two things.",
            rules=Rules(epoch_rotates_on_restore=False),
            world=_FOLLOWING,
            kinds=("ahead", "lost"),
        ),
    }
)
