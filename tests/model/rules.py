"""The rules of the protocol that can be broken one at a time.

A check that cannot fail proves nothing. Every rule the design stands on is therefore a switch: with all of them as they
stand the protocol keeps its promises in every state; a *mutant* turns one and must be caught, with a story.

Imports the standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The protocol as designed. Each field is one rule; its other value is a mistake somebody has made before."""

    # Writing.
    sequence_under_lock: bool = True
    """A number comes from the locked head row, not from a database sequence."""
    entry_with_cause: bool = True
    """The entry commits in the transaction of the change it tells of."""
    publish_after_commit: bool = True
    """The hint leaves after the commit, never before."""
    payload_in_hint: bool = True
    """A hint may carry the entry itself. (False is legitimate: an entry too large for the bus.)"""
    one_lock_order: bool = True
    """Heads are locked in ascending order of user, whatever order the action named them in."""
    number_waiting_first: bool = True
    """Who takes the lock numbers the entries that wait before its own."""
    follow_up_waits: bool = True
    """Who left an entry un-numbered takes the lock just after its commit, waiting for it if need be."""
    sweep_numbers: bool = True
    """The sweep numbers what a dead writer left un-numbered."""
    deliver_numbered_only: bool = True
    """A read leaves out entries that have no number yet."""

    # Delivering.
    sweeper: bool = True
    """The heads of connected users are re-read now and then."""
    payload_gap_check: bool = True
    """A payload is sent as it is only if it is the very next entry."""
    server_dedup: bool = True
    """A hint at or below what was sent is dropped."""
    subscribe_before_read: bool = True
    """A connection is registered for hints before its position is read."""
    wake_cleared_before_read: bool = True
    """The wake flag is cleared before the query it causes, not when its answer comes."""
    reset_when_trimmed: bool = True
    """A position below the floor is answered with reset."""
    reset_when_epoch_differs: bool = True
    """A position of another epoch is answered with reset."""
    dispatch_by_user: bool = True
    """A hint reaches the connections of its own user only."""
    fast_path_only_when_idle: bool = True
    """While a read is under way, a hint only raises the wake flag; its payload is not sent past the read."""

    # Following.
    client_dedup: bool = True
    """The client drops entries at or below what it applied."""
    client_gap_check: bool = True
    """The client applies the very next entry only, and syncs over a gap."""
    ping_carries_head: bool = True
    """A ping tells the head, so that a lost tail shows."""
    cursor_before_state: bool = True
    """A snapshot reads its cursor first and its state after."""
    hold_during_snapshot: bool = True
    """Entries wait while a snapshot is fetched, for its answer overwrites what they did."""
    storing: Literal["together", "effect first", "cursor first"] = "together"
    """Cursor and effect are stored in one write. Effect first is allowed too: entries are made to be repeated."""
    ack_after_store: bool = True
    """What is acknowledged has been applied and stored."""
    ack_names_epoch: bool = True
    """An acknowledgement counts only for the epoch in which its sender applied it."""
    ack_per_device: bool = True
    """Each device's acknowledgement is kept apart."""

    # Operating.
    epoch_rotates_on_restore: bool = True
    """A restored database gets a new epoch before anybody reads it."""


RIGHT = Rules()
