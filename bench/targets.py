"""What good means, in numbers, and whether it is reached: each target with the figure of the newest result file.

A target is a line of a table that was written before the code was. Its figure is looked up, never typed; one whose scenario
has not run says so. The verdict is on the median of the repetitions.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from suite.machine import ROOT
from suite.plot import short

Document = Mapping[str, Any]
Documents = Mapping[str, Document]
Find = Callable[[Documents], float | None]

EMBEDDED, SCALED, NODE, SEED = "numeneon embedded", "numeneon scaled", "ws hub", "seed"
BOTH = (EMBEDDED, SCALED)
OWN_ENTRIES = (
    "the reference and the hub send the same ready bytes to all; "
    "here each stream decides, and gets an entry with a number of its own"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """One thing that was promised: at most or at least so much."""

    what: str
    whose: str = ""
    find: Find
    unit: str = ""
    most: float | None = None
    least: float | None = None
    below: float | None = None
    scenario: str = ""
    command: str = ""
    because: str = ""
    """What the cost is made of, for when it is too much."""
    beside: Find | None = None
    beside_unit: str = ""

    @property
    def asked(self) -> str:
        sign, limit = ("≤", self.most) if self.most is not None else ("<", self.below)
        if limit is None:
            sign, limit = "≥", self.least
        return f"{sign} {short(limit or 0)}{self.unit}"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A target and what was measured."""

    target: Target
    measured: float | None
    beside: float | None
    command: str

    @property
    def reached(self) -> bool:
        one, value = self.target, self.measured
        if value is None:
            return False
        if one.least is not None:
            return value >= one.least
        return value <= one.most if one.most is not None else value < (one.below or 0)

    @property
    def words(self) -> str:
        """Reached, or by how much not."""
        if self.measured is None:
            return "not measured"
        if self.reached:
            return "yes"
        one = self.target
        if one.least is not None:
            return f"**no**, {percent(1 - self.measured / one.least)} less"
        return f"**no**, {percent(self.measured / (one.most or one.below or 1) - 1)} more"

    @property
    def figure(self) -> str:
        if self.measured is None:
            return "—"
        text = f"{short(self.measured)}{self.target.unit}"
        if self.beside is not None:
            text += f" ({short(self.beside)}{self.target.beside_unit})"
        return text


def percent(share: float) -> str:
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:,.0f} %"


def row_of(
    documents: Documents, scenario: str, candidate: str, where: Mapping[str, object]
) -> Mapping[str, Any] | None:
    """The summary's row of a candidate, where these members are so."""
    for row in documents.get(scenario, {}).get("summary", ()):
        if row.get("candidate", candidate) == candidate and all(
            row.get(name) == value for name, value in where.items()
        ):
            found: Mapping[str, Any] = row
            return found
    return None


def median(
    documents: Documents, scenario: str, candidate: str, member: str, *, scale: float = 1.0, **where: object
) -> float | None:
    """The median of a member over the repetitions; None where nothing was measured."""
    row = row_of(documents, scenario, candidate, where)
    value = row.get(member) if row else None
    if isinstance(value, Mapping):
        value = value["median"]
    return None if value is None else float(value) * scale


def of(scenario: str, candidate: str, member: str, *, scale: float = 1.0, **where: object) -> Find:
    return functools.partial(_median, scenario, candidate, member, scale, where)


def _median(
    scenario: str, candidate: str, member: str, scale: float, where: Mapping[str, object], documents: Documents
) -> float | None:
    return median(documents, scenario, candidate, member, scale=scale, **where)


def over(above: Find, below: Find) -> Find:
    """One figure as a multiple of another."""

    def found(documents: Documents) -> float | None:
        top, bottom = above(documents), below(documents)
        return None if top is None or not bottom else top / bottom

    return found


def questions(_: Documents) -> float | None:
    """How often a connect asks the authenticator and the database, as tests/guards counted it."""
    budgets = json.loads((ROOT / "tests" / "guards" / "budgets.json").read_text())
    counted: float = budgets["3.11"]["connect"]["questions"]["measured"]
    return counted


def fan_out(connections: int) -> list[Target]:
    scenario = f"fanout-{connections}"
    found = []
    for whose in BOTH:
        ours = of(scenario, whose, "cpu_us")
        shared = {"whose": whose, "scenario": scenario, "because": OWN_ENTRIES}
        found += [
            Target(
                what=f"CPU of a delivery, fan-out to {connections:,}",
                find=of(scenario, whose, "cpu_us_ratio"),
                unit=" × H",
                most=1.5,
                beside=ours,
                beside_unit=" µs",
                **shared,  # type: ignore[arg-type]
            ),
            Target(
                what=f"the same beside the Node `ws` hub, {connections:,}",
                find=over(ours, of(scenario, NODE, "cpu_us")),
                unit=" × ws",
                below=1,
                **shared,  # type: ignore[arg-type]
            ),
            Target(
                what=f"the same in the seed's design, {connections:,}",
                find=over(of(scenario, SEED, "cpu_us"), ours),
                unit=" × as much",
                least=50,
                **shared,  # type: ignore[arg-type]
            ),
        ]
    return found


def each(what: str, scenario: str, member: str, *, whose: tuple[str, ...] = BOTH, **more: Any) -> list[Target]:
    """The same target for both profiles; `where` picks a row among several."""
    scale, where = more.pop("scale", 1.0), more.pop("where", {})
    return [
        Target(what=what, whose=one, find=of(scenario, one, member, scale=scale, **where), scenario=scenario, **more)
        for one in whose
    ]


def idle() -> list[Target]:
    found = each(
        "memory of an authenticated, resumable connection", "idle-5000", "bytes_per_connection",
        scale=1e-3, unit=" kB", most=8,
    )  # fmt: skip
    found += each(
        "that memory, stretch: below the bare Node hub's", "idle-5000", "bytes_per_connection",
        scale=1e-3, unit=" kB", below=6.3,
        because="a connection has its identity, its place in its stream and its limits with it; a bare hub has a socket",
    )  # fmt: skip
    found += each(
        "of that memory, kept 3 s after 5,000 disconnects", "idle-5000", "kept_after_close", scale=100, unit=" %", most=10,
        because="what was freed stays with the allocator for the next who connect, unless it is asked to give it back",
    )  # fmt: skip
    found += each(
        "CPU of an idle socket in an hour", "idle-5000", "idle_cpu_s_per_user_hour", unit=" s", most=0.01,
        because="a heartbeat every 25 s and its answer, the heads of all streams every few seconds, and what a process does anyhow",
    )  # fmt: skip
    for whose in BOTH:
        poll = of("polling", whose, "cpu_s_per_user_hour", case="friends and requests")
        found.append(
            Target(
                what="polling every 30 s costs",
                whose=whose,
                find=over(poll, of("idle-5000", whose, "idle_cpu_s_per_user_hour")),
                unit=" × an idle socket",
                least=70,
                scenario="polling",
                beside=poll,
                beside_unit=" CPU-s an hour",
            )
        )
    return found


def web(
    what: str,
    scenario: str,
    candidate: str,
    member: str,
    *,
    unit: str,
    most: float,
    scale: float = 1.0,
    **where: object,
) -> list[Target]:
    """A target of the web app, in which no profile matters."""
    find = of(scenario, candidate, member, scale=scale, **where)
    return [Target(what=what, whose="web app", find=find, scenario=scenario, unit=unit, most=most)]


def targets() -> list[Target]:
    """All of them, in the order of the table they come from."""
    return [
        *fan_out(1000),
        *fan_out(5000),
        Target(
            what="CPU of a delivery, in turn with a C loop in one process",
            whose="fast door",
            find=of("in-turn-1000", "numeneon", "cpu_us_ratio"),
            unit=" × C",
            most=1.5,
            scenario="in-turn-1000",
        ),
        *each(
            "unicast through Redis, one core, no loss", "unicast", "rate", whose=(SCALED,), unit="/s", least=60_000,
            because="publisher, Redis and load client share the other core, and may be full before the server is",
            beside=of("unicast", SCALED, "per_cpu_second"), beside_unit=" a CPU-second",
        ),
        *each(
            "unicast's p99 at 500/s", "latency", "latency_p99_us_ratio", whose=(SCALED,), unit=" × H's", most=3,
            where={"target": 500.0}, beside=of("latency", SCALED, "latency_p99_us", target=500.0), beside_unit=" µs",
        ),
        *idle(),
        *each(
            "connect storm from cold", "connect-storm", "connects_per_second", unit="/s", least=4_000,
            because="everybody's token is checked, their login looked up and their stream located, in batches, before the welcome",
        ),
        Target(
            what="questions a connect, database and authenticator",
            whose="fast door",
            find=questions,
            below=1,
            command="python -m tests.guards",
        ),
        *[
            one
            for quantile, most in (("p50", 10), ("p99", 40))
            for one in each(
                f"whole path, 1,000 connected, {quantile}", "whole-path", f"{quantile}_ms", unit=" ms", most=most,
                because="nearly all of it is the request: authentication, the action's statements and their COMMIT",
            )
        ],
        *[
            one
            for request in ("accept", "like", "message")
            for one in each(
                f"recording, on top of the same request: {request}", "recorded-request", "added", scale=100, unit=" %", most=25,
                where={"case": request},
                because="wishes, entries and inbox rows are a visit to the database each, and the hint is one to Redis",
            )
        ],
        *each(
            "one hot recipient, 8 writers, of the rate with distinct ones", "recording", "ratio", whose=(SCALED,),
            unit=" ×", least=0.6, where={"case": "hot, 8 writers"},
        ),
        *each("replay, database to sockets, a core", "resume-storm", "entries_per_cpu_second", unit="/s", least=50_000),
        *each("1,000 people resume 100 entries each", "resume-storm", "seconds", unit=" s", most=5),
        *each("a post to 5,000 friends, all committed", "friends-fanout", "all_committed_s", unit=" s", most=2),
        *each("the request that posts it", "friends-fanout", "request_ms", unit=" ms", most=50),
        *[
            one
            for case in ("unicast", "fan-out")
            for one in each(
                f"two gateways against one, {case}", "processes", "growth", whose=(SCALED,), unit=" ×", least=1.8,
                because="every gateway hears every hint of the bus, also for the other, which is a part of it",
                where={"case": case, "processes": 2},
            )
        ],
        *web("script of the first load, gzip", "web-size", "home", "bytes", scale=1e-3, unit=" kB", most=170),
        *web("the stream client, gzip", "web-size", "stream-client", "bytes", unit=" B", most=5_000),
        *web("interaction to next paint, the worst", "interaction", "all", "inp_ms", unit=" ms", most=100, throttle=1),
    ]  # fmt: skip


def command_of(documents: Documents, scenario: str) -> str:
    """What to type for this figure, without the candidates that ran beside it."""
    return str(documents.get(scenario, {}).get("command", "")).partition(" --candidates")[0]


def judge(documents: Documents) -> list[Verdict]:
    """Every target with the newest figure."""
    found = []
    for one in targets():
        command = one.command or command_of(documents, one.scenario)
        beside = one.beside(documents) if one.beside else None
        found.append(Verdict(one, one.find(documents), beside, command))
    return found
