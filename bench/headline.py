"""The figures on the front page: a block of README.md between two marks, made from the newest result files."""

from __future__ import annotations

import functools
import statistics

from shortfalls import DISTURBED, others_of
from suite.plot import short
from targets import BOTH, EMBEDDED, NODE, SCALED, SEED, Documents, Find, command_of, judge, of, over

BEGIN = "<!-- figures: written by `make bench-report` from bench/results; do not edit -->"
END = "<!-- end of figures -->"
USED = (
    "fanout-1000",
    "in-turn-1000",
    "idle-5000",
    "burst",
    "resume-storm",
    "friends-fanout",
    "whole-path",
    "click-to-toast",
)


def block(documents: Documents) -> str:
    """The block, marks included."""
    verdicts = judge(documents)
    reached = f"{sum(one.reached for one in verdicts)} of {len(verdicts)}"
    rows = [row for row in rows_of(documents) if any(row[1:4])]
    return "\n".join(
        [
            BEGIN,
            conditions(documents),
            "H is a C program that does nothing but the system calls, measured in the same run: ratios are what to trust.",
            f"{reached} [targets](docs/operate/benchmarks.md) are reached; every figure's spread and load is there,",
            "what a machine holds in [capacity](docs/operate/capacity.md), what it survives in [chaos](docs/operate/chaos.md).",
            "",
            "| | NUMENEON | the seed's design | Node `ws` hub | command |",
            "|---|---|---|---|---|",
            *("| " + " | ".join((*row[:4], f"`{row[4]}`")) + " |" for row in rows),
            END,
        ]
    )


def conditions(documents: Documents) -> str:
    """When and on what, and whether anything else was running."""
    used = [documents[name] for name in USED if name in documents]
    days = sorted({one["at"][:10] for one in used})
    machine = used[0]["machine"]
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    busy = statistics.median(others_of(one) for one in used) > DISTURBED
    return f"On {machine['cores']} shared cores{' that were busy with other work' if busy else ''}, {when}."


def between(documents: Documents, finds: list[Find], unit: str) -> str:
    """One figure, or the least and the most of several."""
    values = sorted(value for find in finds if (value := find(documents)) is not None)
    if not values:
        return ""
    texts = list(dict.fromkeys(short(value) for value in (values[0], values[-1])))
    return "–".join(texts) + unit


def rows_of(documents: Documents) -> list[tuple[str, str, str, str, str]]:
    """What, ours, the seed's, Node's, the command."""

    command = functools.partial(command_of, documents)

    def both(scenario: str, member: str, unit: str, *, scale: float = 1.0) -> str:
        return between(documents, [of(scenario, one, member, scale=scale) for one in BOTH], unit)

    def one(scenario: str, whose: str, member: str, unit: str, **where: object) -> str:
        return between(documents, [of(scenario, whose, member, **where)], unit)  # type: ignore[arg-type]

    fan, turns = "fanout-1000", "in-turn-1000"
    scaled = one(fan, SCALED, "cpu_us_ratio", " ×")
    toast = [of("click-to-toast", profile, "median_ms") for profile in ("embedded", "scaled")]
    seed = over(of(fan, SEED, "cpu_us"), of(fan, EMBEDDED, "cpu_us"))
    times = between(documents, [seed], " × ours")
    return [
        (
            "one event to 1,000 sockets, CPU a delivery",
            f"{one(fan, EMBEDDED, 'cpu_us_ratio', ' × H')} (PostgreSQL and Redis: {scaled})",
            f"{one(fan, SEED, 'cpu_us_ratio', ' × H')}, {times}",
            one(fan, NODE, "cpu_us_ratio", " × H"),
            command(fan),
        ),
        (
            "the same in turn with a C loop in one process",
            f"{one(turns, 'numeneon', 'cpu_us_ratio', ' × C')} (picows: {one(turns, 'picows', 'cpu_us_ratio', ' ×')})",
            "",
            "",
            command(turns),
        ),
        (
            "memory of an idle, signed-in, resumable connection",
            both("idle-5000", "bytes_per_connection", " kB", scale=1e-3),
            between(documents, [of("idle-5000", SEED, "bytes_per_connection", scale=1e-3)], " kB"),
            between(documents, [of("idle-5000", NODE, "bytes_per_connection", scale=1e-3)], " kB"),
            command("idle-5000"),
        ),
        (
            "burst of 500 to one person through Redis",
            one("burst", SCALED, "missing", " lost"),
            one("burst", SEED, "missing", " lost"),
            one("burst", NODE, "missing", " lost"),
            command("burst"),
        ),
        ("1,000 people resume 100 missed entries each", both("resume-storm", "seconds", " s"), "", "", command("resume-storm")),
        (
            "a post to 5,000 friends",
            f"request {both('friends-fanout', 'request_ms', ' ms')}, "
            f"all told in {both('friends-fanout', 'all_delivered_s', ' s')}",
            "",
            "",
            command("friends-fanout"),
        ),
        (
            "1,000 people watch a post, 200 likes a second",
            between(documents, [of("hot-post-1000", "with likes", "gateway_share", scale=100)], " % of a core of the gateway"),
            "",
            "",
            command("hot-post-1000"),
        ),
        (
            "HTTP accept to the frame in the socket, 1,000 connected",
            f"p50 {both('whole-path', 'p50_ms', ' ms')}, p99 {both('whole-path', 'p99_ms', ' ms')}",
            "",
            "",
            command("whole-path"),
        ),
        (
            "click on Accept to the toast in another browser",
            between(documents, toast, " ms median"),
            "",
            "",
            command("click-to-toast"),
        ),
    ]  # fmt: skip


def in_readme(text: str, documents: Documents) -> str:
    """README.md with the block in place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + block(documents) + after
