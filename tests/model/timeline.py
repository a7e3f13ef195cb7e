"""A user's stream as the delivery side sees it: epochs, kept entries, the floor, and what a restore does to them.

`committing` shows that a table written under the rules is gapless and in commit order, so here a commit is one step
that appends. Positions are pairs (epoch, seq). Every commit makes a new *fact*, a bit; the facts are what clients
want to have. A restored database forgets facts, and numbers that were used come again with other facts.

Imports the standard library only.
"""

from __future__ import annotations

from typing import NamedTuple

EPOCHS = "kmp"
FACTS = "abcdefgh"


class Position(NamedTuple):
    """A cursor. Ordered by epoch, then number."""

    epoch: int
    seq: int

    def __str__(self) -> str:
        return f"{EPOCHS[self.epoch]}.{self.seq}" if self.epoch >= 0 else "nothing"


START = Position(0, 0)


class Table(NamedTuple):
    """`log[n - 1]` is the fact of entry n. `past` holds the logs that a restore replaced, oldest first."""

    epoch: int = 0
    floor: int = 0
    log: tuple[int, ...] = ()
    past: tuple[tuple[int, ...], ...] = ()
    made: int = 0

    @property
    def head(self) -> Position:
        return Position(self.epoch, len(self.log))

    def state(self) -> int:
        """All facts, which outlive their entries."""
        return facts(self.log)

    def committed(self) -> Table:
        return self._replace(log=(*self.log, self.made), made=self.made + 1)

    def trimmed(self) -> Table:
        return self._replace(floor=self.floor + 1)

    def restored(self, length: int, *, rotate: bool) -> Table:
        """The database as it was when it held `length` entries; what was trimmed since is there again."""
        epoch = self.epoch + 1 if rotate else self.epoch
        return self._replace(epoch=epoch, floor=0, log=self.log[:length], past=(*self.past, self.log))

    def resumable(self, at: Position) -> bool:
        return at.epoch == self.epoch and self.floor <= at.seq <= len(self.log)

    def logs(self) -> tuple[tuple[int, ...], ...]:
        """Every log there has been, the present one last: where hints still under way may come from."""
        return (*self.past, self.log)

    def hints(self, *, rotates: bool) -> tuple[tuple[Position, int], ...]:
        """Every hint that was ever published, and may still arrive: position and fact."""
        return tuple(
            (Position(epoch if rotates else self.epoch, seq), fact)
            for epoch, log in enumerate(self.logs())
            for seq, fact in enumerate(log, 1)
        )

    def owed(self, at: Position) -> int:
        """Facts that whoever stands at `at` must have: those at or below it that the table still holds."""
        log = self.log if at.epoch == self.epoch else self.past[at.epoch]
        return facts(log[: at.seq]) & self.state()

    def __str__(self) -> str:
        rows = " ".join(f"{seq}={FACTS[fact]}" for seq, fact in enumerate(self.log, 1) if seq > self.floor)
        return f"table at {self.head}, floor {self.floor}, holds {rows or 'nothing'}"


def facts(log: tuple[int, ...]) -> int:
    bits = 0
    for fact in log:
        bits |= 1 << fact
    return bits


def letters(bits: int) -> str:
    return "".join(letter for n, letter in enumerate(FACTS) if bits >> n & 1) or "nothing"
