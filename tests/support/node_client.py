"""The real client, stream-client under Node, as a follower: it logs every call of the application's handler.

The harness is frontend/packages/stream-client/harness/client.ts. A crash of the client is a kill of its process; the cursor file
is what its storage would be. Between the handler and the store there is a moment, so a crash in it brings one entry again: the
one that was handled last, to the life that follows. `applied` leaves out exactly that one (`again` has it); a store that names any
other place, and an entry that comes again in any other way, is a wrong.
"""

import itertools
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.databases import ROOT
from tests.support.follower import Applied
from tests.support.processes import Leashed, await_condition

HARNESS = ROOT / "frontend" / "packages" / "stream-client" / "harness" / "client.ts"


def node() -> str:
    """The Node of the project, or the machine's."""
    own = Path(sys.executable).with_name("node")
    found = str(own) if own.exists() else shutil.which("node")
    if not found:
        raise AssertionError("there is no Node; `make install` fetches one")
    return found


@dataclass
class Life:
    """One process of the client, from its start to its end."""

    log: Path
    lines: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0

    def look(self) -> list[dict[str, Any]]:
        """Every whole line so far."""
        if self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self._read)
                whole, end, _ = file.read().rpartition(b"\n")
            self._read += len(whole) + len(end)
            self.lines += [json.loads(line) for line in whole.splitlines() if line.startswith(b"{")]
        return self.lines

    def told(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.look() if line["event"] == event]

    @property
    def stored(self) -> str | None:
        """The cursor that this life found in its store."""
        begun = self.told("begin")
        return begun[0]["cursor"] if begun else None


class NodeFollower:
    """Follows one stream with the real client. Looks like a `Follower` to the verdict."""

    def __init__(
        self,
        *,
        user_id: int,
        token: str,
        base: str,
        folder: Path,
        seed: int = 1,
        transports: str = "websocket",
        options: tuple[str, ...] = (),
    ) -> None:
        self.user_id = user_id
        self.token = token
        self.base = base
        self.folder = folder
        self.seed = seed
        self.transports = transports
        self.options = options
        self.inside = ""
        """The network namespace it lives in."""
        self.lives: list[Life] = []
        self.process: Leashed | None = None

    def begin(self) -> "NodeFollower":
        self._live()
        assert self.process is not None
        self.process.await_ready(lambda: self.start is not None, within=20, about=f"{self} is live")
        return self

    def crash(self) -> None:
        """Kill -9 the client and start it anew: what it had applied and not stored may come again."""
        self.kill()
        self._live()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def freeze(self) -> None:
        """SIGSTOP: a laptop whose lid is closed."""
        assert self.process is not None
        self.process.freeze()

    def thaw(self) -> None:
        assert self.process is not None
        self.process.thaw()

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()

    def _live(self) -> None:
        life = Life(self.folder / f"node-{self.user_id}-{len(self.lives) + 1}.log")
        command = [
            *(["ip", "netns", "exec", self.inside] if self.inside else []),
            *(node(), str(HARNESS), "--base", self.base, "--token", self.token),
            *("--cursor-file", str(self.folder / f"cursor-{self.user_id}")),
            *("--transports", self.transports, "--seed", str(self.seed + len(self.lives)), *self.options),
        ]
        self.end()
        self.lives.append(life)
        self.process = Leashed(command, log=life.log, env=dict(os.environ))

    # What its application was told.

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for life in self.lives for line in life.look()]

    def _snapshots(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == "snapshot"]

    @property
    def start(self) -> int | None:
        """Where the application's first snapshot stood."""
        first = self._snapshots()[:1]
        return seq_of(first[0]["cursor"]) if first else None

    @property
    def resets(self) -> list[tuple[str, str]]:
        """Snapshots after the first."""
        return [(line["reason"], line["cursor"]) for line in self._snapshots()[1:]]

    @property
    def since_reset(self) -> list[Applied]:
        """What was applied after the last snapshot but the first; everything when there was none."""
        if not self.resets:
            return self.applied
        lines = self.lines
        last = max(at for at, line in enumerate(lines) if line["event"] == "snapshot")
        after = sum(line["event"] == "entry" for line in lines[last:])
        return self.applied[len(self.applied) - after :]

    @property
    def state(self) -> set[str]:
        """The keys that the application has: those of its last snapshot, and what it applied since. Asks for `--snapshots`."""
        return {*self._snapshots()[-1]["state"].get(str(self.user_id), ()), *(one.key for one in self.since_reset)}

    @property
    def calls(self) -> list[list[Applied]]:
        """Every call of the handler, life by life."""
        lag = time.monotonic() - time.time()
        return [
            [
                Applied(line["entry"]["seq"], str(line["entry"].get("key")), line["ms"] / 1000 + lag, line["entry"])
                for line in life.told("entry")
            ]
            for life in self.lives
        ]

    @property
    def again(self) -> list[Applied]:
        """What came again because the client crashed between its handler and its store: one a crash at most."""
        return self._by_life()[1]

    @property
    def applied(self) -> list[Applied]:
        return self._by_life()[0]

    def _by_life(self) -> tuple[list[Applied], list[Applied]]:
        applied: list[Applied] = []
        again: list[Applied] = []
        for number, calls in enumerate(self.calls):
            repeats = bool(number and applied and calls and calls[0].entry == applied[-1].entry)
            again += calls[:repeats]
            applied += calls[repeats:]
        return applied, again

    @property
    def wrongs(self) -> list[str]:
        """What was stored and does not fit what was applied."""
        found: list[str] = []
        at = {self.start or 0}
        for life, calls in itertools.zip_longest(self.lives[1:], self.calls, fillvalue=None):
            at |= {one.seq for one in calls or ()}
            stored = life.stored if life else None
            if stored is not None and seq_of(stored) not in sorted(at)[-2:] and not self.resets:
                found.append(f"{stored} was stored when {max(at)} was applied")
        return found

    @property
    def seqs(self) -> list[int]:
        return [one.seq for one in self.applied]

    @property
    def seq(self) -> int:
        """Where the application stands: after its last entry, or its last snapshot."""
        moves = [line["cursor"] for line in self.lines if line["event"] in ("entry", "snapshot")]
        return seq_of(moves[-1]) if moves else -1

    @property
    def transport(self) -> str | None:
        """The rung it is on while it is live."""
        statuses = [line for line in self.lines if line["event"] == "status"]
        return statuses[-1]["transport"] if statuses and statuses[-1]["status"] == "live" else None

    @property
    def stopped_by(self) -> str | None:
        statuses = [line for line in self.lines if line["event"] == "status"]
        return statuses[-1].get("stopReason") if statuses else None

    def await_seq(self, seq: int, *, within: float) -> float:
        """Wait until everything up to `seq` is applied; seconds it took."""
        began = time.monotonic()
        await_condition(lambda: self.seq >= seq, within=within, about=f"{self} at {self.seq} reaches {seq}", every=0.1)
        return time.monotonic() - began

    def worst_silence(self, since: float, until: float) -> float:
        """The longest time without an applied entry in that span: the blackout as the user saw it."""
        moments = [since, *(one.at for one in self.applied if since <= one.at <= until), until]
        return max(after - before for before, after in itertools.pairwise(moments))

    def __str__(self) -> str:
        return f"real client of {self.user_id}"


def seq_of(cursor: str) -> int:
    return int(cursor.rpartition(".")[2])
