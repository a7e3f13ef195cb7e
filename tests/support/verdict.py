"""The one invariant of all faults: what was done is in the streams it was for, once, in order, and was applied so.

lost        done, and not in a stream or not applied
repeated    in a stream or applied more than once
disorder    a hole or a step back in a stream, on one connection or in what was applied; a writer's order broken
phantom     applied or in a stream, and never done
foreign     in the stream of somebody it was not for
broken      a writer was told something that is not so, or an answer that is none (5xx)
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.support.ledger import Ledger
from tests.support.writers import Writer


class Application(Protocol):
    """One call of an application's handler."""

    @property
    def seq(self) -> int: ...
    @property
    def key(self) -> str: ...
    def is_of(self, body: Mapping[str, object]) -> bool:
        """Whether it was the entry that the table has in this place."""
        ...


class Followed(Protocol):
    """What is judged of a client."""

    @property
    def user_id(self) -> int: ...
    @property
    def start(self) -> int | None: ...
    @property
    def applied(self) -> Sequence[Application]: ...
    @property
    def since_reset(self) -> Sequence[Application]:
        """What was applied after the last snapshot but the first; everything when there was none."""
        ...

    @property
    def wrongs(self) -> list[str]: ...
    @property
    def resets(self) -> list[tuple[str, str]]: ...
    @property
    def stopped_by(self) -> int | str | None: ...


class Violated(AssertionError):
    """The promise was not kept."""


@dataclass
class Verdict:
    """What is wrong, by kind. Nothing is wrong when all are empty."""

    events: int = 0
    clients: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    KINDS = ("lost", "repeated", "disorder", "phantom", "foreign", "broken")

    @property
    def wrong(self) -> dict[str, list[str]]:
        return {kind: found for kind in self.KINDS if (found := getattr(self, kind))}

    def assert_clean(self) -> None:
        """Raise Violated, with the first examples of each kind, when anything is wrong."""
        if self.wrong:
            lines = [f"{kind} {len(found)}: {'; '.join(found[:4])}" for kind, found in self.wrong.items()]
            raise Violated("\n".join(lines))


def judge(
    ledger: Ledger,
    *,
    writers: Sequence[Writer] = (),
    followers: Sequence[Followed] = (),
    people: Iterable[int] = (),
    resets: bool = False,
) -> Verdict:
    """Compare what writers were told, what the tables hold and what clients applied.

    Args:
        ledger: of the product.
        writers: who wrote; they have ended.
        followers: who followed; they have been waited for.
        people: whose streams to look at, beside the followers'.
        resets: whether a client may have been told to start from a snapshot; it is judged by what it applied since.
    """
    verdict = Verdict(clients=len(followers))
    done = ledger.notes()
    verdict.events = sum(map(len, done.values()))
    _judge_writers(verdict, writers, done)
    ids = sorted({*people, *(one.user_id for one in followers), *(who for to in done.values() for who in to)})
    found, heads, floors = ledger.streams(), ledger.heads(), ledger.floors()
    streams = {user_id: found.get(user_id, []) for user_id in ids}
    order = {deed.key: (deed.writer, deed.number) for one in writers for deed in one.deeds if deed.heard == "ok"}
    for user_id, rows in streams.items():
        head, floor = heads.get(user_id, 0), floors.get(user_id, 0)
        seqs = [seq for seq, _ in rows]
        if seqs != list(range(floor + 1, head + 1)):
            verdict.disorder.append(f"the stream of {user_id} from {floor} to {head} is {_gaps(seqs)}")
        keys = [str(body["key"]) for _, body in rows if body["type"] == "noted"]
        _judge_stream(verdict, user_id, keys, done, order, trimmed=floor > 0)
    for follower in followers:
        _judge_follower(verdict, follower, streams[follower.user_id], floors.get(follower.user_id, 0), resets=resets)
        if floors.get(follower.user_id, 0) and not follower.resets:
            verdict.lost += [f"{key} never reached {follower}" for key in _missing(follower, done)]
    return verdict


def _judge_writers(verdict: Verdict, writers: Sequence[Writer], done: dict[str, set[int]]) -> None:
    known: set[str] = set()
    for writer in writers:
        verdict.broken += writer.unexpected
        for deed in writer.deeds:
            known.add(deed.key)
            if deed.heard == "ok" and done.get(deed.key) != set(deed.to):
                verdict.lost.append(f"{deed.key} was confirmed and is not there")
            if deed.heard == "fail" and deed.key in done and deed.asked == 1:
                verdict.broken.append(f"{deed.key} was refused and is there")
    if writers:
        verdict.phantom += [f"{key} was never asked for" for key in set(done) - known]


def _judge_stream(
    verdict: Verdict,
    user_id: int,
    keys: list[str],
    done: dict[str, set[int]],
    order: dict[str, tuple[int, int]],
    *,
    trimmed: bool,
) -> None:
    counts = Counter(keys)
    verdict.repeated += [
        f"{key} {times} times in the stream of {user_id}" for key, times in counts.items() if times > 1
    ]
    if not trimmed:
        verdict.lost += [
            f"{key} not in the stream of {user_id}" for key, to in done.items() if user_id in to and not counts[key]
        ]
    for key in counts:
        if key not in done:
            verdict.phantom.append(f"{key} in the stream of {user_id}")
        elif user_id not in done[key]:
            verdict.foreign.append(f"{key} in the stream of {user_id}")
    last: dict[int, int] = {}
    for key in keys:
        if key in order:
            writer, number = order[key]
            if number < last.get(writer, 0):
                verdict.disorder.append(f"{key} after {last[writer]} of its writer in the stream of {user_id}")
            last[writer] = number


def _judge_follower(
    verdict: Verdict,
    follower: Followed,
    rows: list[tuple[int | None, dict[str, object]]],
    floor: int,
    *,
    resets: bool,
) -> None:
    verdict.disorder += [f"{follower}: {wrong}" for wrong in follower.wrongs]
    if follower.stopped_by is not None:
        verdict.broken.append(f"{follower} was stopped with {follower.stopped_by}")
    applied, start = follower.since_reset, follower.start or 0
    if follower.resets:
        start = int(follower.resets[-1][1].rpartition(".")[2])
    if not resets:
        verdict.lost += [f"{follower} was reset: {reason}" for reason, _ in follower.resets]
    bodies = {seq: body for seq, body in rows if seq is not None}
    wanted = [seq for seq in bodies if seq > start]
    seqs = [one.seq for one in applied]
    counts = Counter(seqs)
    verdict.lost += [f"{follower} never applied {seq}" for seq in wanted if not counts[seq]]
    verdict.repeated += [f"{follower} applied {seq} {times} times" for seq, times in counts.items() if times > 1]
    if seqs != sorted(seqs):
        verdict.disorder.append(f"{follower} applied {_gaps(seqs)}")
    for one in applied:
        body = bodies.get(one.seq)
        if body is None and one.seq <= floor:
            continue
        if body is None:
            verdict.phantom.append(f"{follower} applied {one.seq}, which is nowhere")
        elif not one.is_of(body):
            verdict.phantom.append(f"{follower} applied another {one.seq}: {one.key}, not {body.get('key')}")


def _missing(follower: Followed, done: dict[str, set[int]]) -> set[str]:
    """What was done for somebody since the beginning, and was never applied by a client that was there all the time."""
    if follower.start != 0:
        return set()
    return {key for key, to in done.items() if follower.user_id in to} - {one.key for one in follower.applied}


def _gaps(seqs: Sequence[int | None]) -> str:
    return f"{len(seqs)} entries, {sum(seq is None for seq in seqs)} unnumbered: {list(seqs)[:60]}"
