"""How many users does a machine hold, and what does the next one need: docs/operate/capacity.md and three plots.

    python bench/capacity.py

Measured costs (bench/results), assumptions about people (bench/model/inputs.py), a formula (demand.py) and a simulation of
what a formula cannot see, queues (simulate.py). The seed is fixed: the same results give the same page.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from model import inputs as given
from model import simulate
from model.demand import HEARD_AT_MOST, SIZES, Demand, Plan, demand, mean_friends, one_of_each, plan, this_machine
from model.inputs import ASSUMED, Assumed, Inputs
from model.words import number, percent, seconds, size, table
from suite.plot import bars, lines
from suite.results import write


@dataclasses.dataclass(frozen=True)
class Size:
    """Everything about one number of users."""

    name: str
    asked: Demand
    planned: Plan
    primary_cores: int
    posts: simulate.Spread
    hints: simulate.Spread
    storm: simulate.Storm


def study(name: str, users: int, inputs: Inputs, assumed: Assumed) -> Size:
    asked = demand(users, inputs, assumed)
    cores = inputs.machine["cores"] if users < 100_000 else given.SHARD_OF_CORES
    planned = plan(asked, inputs, assumed, primary_cores=cores)
    return Size(
        name,
        asked,
        planned,
        cores,
        simulate.posts(asked, planned, inputs, assumed),
        simulate.hints(asked, planned, inputs, assumed),
        simulate.storm(asked, planned, inputs, assumed, primary_cores=cores),
    )


def meanings() -> dict[str, str]:
    """What each assumption means, from the words under it in the source."""
    body = ast.parse(inspect.getsource(Assumed)).body[0]
    assert isinstance(body, ast.ClassDef)
    found, name = {}, ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            found[name], name = " ".join(str(node.value.value).split()), ""
    return found


def opening(inputs: Inputs, assumed: Assumed) -> list[str]:
    users, why, shares = this_machine(inputs, assumed)
    one = demand(1_000, inputs, assumed)
    machine = inputs.machine
    least, most = inputs.loads
    used = ", ".join(f"{name} {percent(share)}" for name, share in shares)
    return [
        "# Capacity",
        "",
        "Written by `make bench-report` (`python bench/capacity.py`) from the files in `bench/results/`; do not edit.",
        "",
        f"**This machine, with everything on it, holds {number(users)} users** at the assumptions below: "
        f"{number(users * assumed.connected)} of them connected in the busiest hour. It has {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB and {machine['descriptors']:,} open files a process, and is filled to "
        f"{percent(assumed.full)}; what stops the next user is {why}. Its cores go to: {used}.",
        "",
        f"**The next thousand users need** {number(one.web_cpu * 1e3)} ms of a core each second for HTTP requests, "
        f"{number(one.gateway_cpu * 1e3)} for the gateway ({percent(one.idle_share)} of it for sockets on which nothing "
        f"happens), {number(one.database_cpu * 1e3)} for PostgreSQL and {number(one.worker_cpu * 1e3)} for the worker; "
        f"{size(one.gateway_bytes)} of memory, {number(one.sockets)} sockets and {size(one.stored_bytes)} of disk.",
        "",
        "```{admonition} How far to trust this",
        f"The costs were measured on a small shared machine that was busy with other work (load average {least:.1f} to "
        f"{most:.1f} on {machine['cores']} cores when the scenarios ended). A busy machine makes each figure worse, not "
        "better, by up to a factor of two: read the page as what to expect at least. What people do is assumed, and "
        "listed whole; change it in `bench/model/inputs.py` and write the page anew.",
        "```",
        "",
    ]


def measured(inputs: Inputs) -> list[str]:
    rows = []
    for field in dataclasses.fields(inputs):
        figure = getattr(inputs, field.name)
        if isinstance(figure, given.Figure):
            least, most = min(figure.samples), max(figure.samples)
            swing = f" ({number(least)}–{number(most)})" if most > least * 1.02 else ""
            rows.append(
                (figure.what, f"{number(figure.value)}{swing} {figure.unit}", f"`bench/run.py {figure.source}`")
            )
    words = ["## What was measured", "", "Of the scaled profile: one gateway core, PostgreSQL with fsync, Redis.", ""]
    return [*words, *table(("what", "figure", "from"), rows)]


def assumptions(assumed: Assumed) -> list[str]:
    said = meanings()
    rows = [(f"`{name}`", f"{value:g}", said.get(name, "")) for name, value in dataclasses.asdict(assumed).items()]
    return ["## What is assumed", "", *table(("name", "value", "meaning"), rows)]


def formula(assumed: Assumed) -> list[str]:
    return [
        "## The formula",
        "",
        "Per second of the busiest hour, for N users:",
        "",
        "    sockets    = N · connected · devices",
        "    unicasts   = N · connected · unicast_per_hour / 3600",
        "    posts      = N · connected · posts_per_hour / 3600",
        f"    rows       = posts · mean friends ({mean_friends(assumed):.0f})",
        "    messages   = unicasts + posts · channels touched (at most 64)",
        "    gateway    = sockets · idle + unicasts · reachable · devices · unicast",
        "               + rows · connected · devices · fan-out + connects · connect",
        "    gateways G = gateway / (full - messages/S · heard)         S: shards of the bus; at least",
        "                 sockets · (connect + missed · replay) / back_in",
        "    Redis      = messages/S · (1 + G/S) · redis_us              for each shard",
        "    web        = requests · request + (unicasts + posts) · record · (1 - database_share)",
        "    connections = (web + G + workers) · pool / primaries       at most",
        "    PostgreSQL = (unicasts + posts) · record · database_share + rows / rows_a_second · database_share + connects",
        "",
        "All but two terms are linear. Each gateway hears every hint of its bus, and Redis sends each message once for each "
        "gateway: those two grow with the square of the users, and only splitting the users (S) helps.",
        "",
    ]


def tables(sizes: list[Size], assumed: Assumed) -> list[str]:
    head = ("", *(one.name for one in sizes))

    def row(label: str, *cells: str) -> tuple[str, ...]:
        return (label, *cells)

    asked = [one.asked for one in sizes]
    plans = [one.planned for one in sizes]
    demands = table(
        head,
        [
            row("sockets at the peak", *(number(one.sockets) for one in asked)),
            row("HTTP requests a second", *(number(one.requests) for one in asked)),
            row("events to one person a second", *(number(one.unicasts) for one in asked)),
            row("posts a second", *(number(one.posts) for one in asked)),
            row("entries written a second", *(number(one.unicasts + one.rows) for one in asked)),
            row("deliveries a second", *(number(one.deliveries) for one in asked)),
            row("messages on the bus a second", *(number(one.messages) for one in asked)),
            row("bytes a second to the sockets", *(size(one.network_bytes) for one in asked)),
            row("entries kept", *(size(one.stored_bytes) for one in asked)),
        ],
    )
    needs = table(
        head,
        [
            row("web processes", *(number(one.web) for one in plans)),
            row("gateway processes", *(number(one.gateways) for one in plans)),
            row("memory of all gateways", *(size(one.gateway_bytes) for one in asked)),
            row("shards of the bus, a Redis each", *(number(one.shards) for one in plans)),
            row("a gateway's core for others' hints", *(percent(one.heard) for one in plans)),
            row(
                "PostgreSQL primaries",
                *(f"{number(one.planned.primaries)} of {one.primary_cores} cores" for one in sizes),
            ),
            row("connections to one of them, at most", *(number(one.connections) for one in plans)),
            row("workers", *(number(one.workers) for one in plans)),
            row("**cores in all**", *(f"**{number(one.cores)}**" for one in plans)),
            row("machines like this one", *(number(one.machines) for one in plans)),
        ],
    )
    return [
        "## Ten thousand, a million, a hundred million",
        "",
        "What they ask for in the busiest hour:",
        "",
        *demands,
        f"What that takes, each part filled to {percent(assumed.full)}:",
        "",
        *needs,
    ]


def bottlenecks(inputs: Inputs, sizes: list[Size], assumed: Assumed) -> list[str]:
    parts = one_of_each(inputs, assumed)
    rows = [(name, number(users), why) for name, users, why in parts]
    lines_ = [
        "## Where it stops first",
        "",
        "Users that one of each part holds, the smallest first:",
        "",
        *table(("one of", "users", "what runs out"), rows),
        "![Users that one of each part holds](../../bench/plots/capacity-parts.svg)",
        "",
    ]
    for one in sizes:
        short = [(name, one.asked.users / users) for name, users, _ in parts if users < one.asked.users]
        if not short:
            first, users, why = parts[0]
            lines_ += [
                f"- **{one.name}**: nothing stops. One of each is enough; the fullest is *{first}* "
                f"({percent(one.asked.users / users * assumed.full)} used: {why}).",
            ]
            continue
        several = ", ".join(f"{name} (× {number(times)})" for name, times in short[:4])
        lines_.append(f"- **{one.name}**: first {several}. {_split(one.planned)}")
    return [*lines_, ""]


def _split(planned: Plan) -> str:
    if planned.shards == 1 and planned.primaries == 1:
        return "All of it is answered by more of the same: web, gateway and worker processes share nothing but the database."
    bus = f"the bus into {planned.shards} shards" if planned.shards > 1 else ""
    base = f"PostgreSQL into {planned.primaries} primaries" if planned.primaries > 1 else ""
    return f"More processes no longer help alone: split {' and '.join(part for part in (bus, base) if part)}."


def sharding() -> list[str]:
    return [
        "## What is split, and how",
        "",
        "- **Web, gateway, worker**: any number of processes on any number of machines, today. A gateway holds no state that a "
        "client's cursor does not restore.",
        "- **Bus**: users are spread over 64 channels by `user id mod 64` (`BUCKETS`), and every gateway listens to all of them. "
        f"That is right until hearing takes {percent(HEARD_AT_MOST)} of a gateway's core or one Redis is full. Then a user's shard "
        "decides both: a proxy sends the user's socket to a gateway of that shard, which listens to its channels only, and "
        "publishers send a hint to its Redis. With Redis Cluster the same is sharded pub/sub: `SSUBSCRIBE`, and the channel's "
        "slot is its shard. Not in the product yet: a gateway's choice of channels and a map from channel to Redis; "
        "`RedisBus.channel_of` is the one place that decides.",
        "- **PostgreSQL**: by user. A stream, its entries, acknowledgements and inbox belong to one user and are read by that "
        "user's id only, so they move together. An action that tells somebody on another primary cannot commit with both: it "
        "writes a job with its cause, and the worker records on the other side, idempotent, as posts to many friends do "
        "today. Read replicas serve profiles and pages of posts; never positions or pages of streams, which must see the "
        "last commit. Old entries fall away after 30 days, so a primary's size stands still.",
        "- **Connections to PostgreSQL**: each process has a pool of its own, so they grow with the processes, not with the users' "
        "doings, and meet PostgreSQL's usual limit long before its CPU is full. Raise `max_connections` to the table's figure, "
        "or give processes smaller pools (`DATABASE_POOL_MAX`); beyond a few thousand a pooler stands between, which has not been "
        "tried with this product.",
        "- **Not split**: accounts and devices. A million users are a few gigabytes; at a hundred million they are looked up by "
        "id in a database of their own.",
        "",
    ]


def simulated(sizes: list[Size], assumed: Assumed) -> list[str]:
    def spread(one: simulate.Spread) -> str:
        return f"{seconds(one.p50)} / {seconds(one.p99)} / {seconds(one.most)}"

    head = ("", *(one.name for one in sizes))
    rows = [
        ("last friend of a post is told: p50 / p99 / worst", *(spread(one.posts) for one in sizes)),
        ("from a hint at its gateway to its last frame: p50 / p99 / worst", *(spread(one.hints) for one in sizes)),
        ("everybody back after a restart: p50 / p99 / worst", *(spread(one.storm.back) for one in sizes)),
        ("handshakes a second at a gate, at most", *(number(one.storm.peak) for one in sizes)),
        ("refusals a client meets", *(number(one.storm.refused) for one in sizes)),
    ]
    return [
        "## Simulated",
        "",
        f"Discrete events, seed {simulate.SEED}, costs drawn from the measured repetitions. *Posts* queue for the workers of the "
        "plan. *Hints* queue for one gateway: behind each other, fan-outs, the heartbeats' wheel and what idle sockets cost. "
        "*Restart*: "
        "every gateway loses all its connections at once and is back at once; clients wait with full jitter as the client "
        f"library does, gates let in {given.GATE:,} a second each (a tenth of them may come at once), everybody has missed "
        f"{assumed.missed:g} entries. More than "
        f"{simulate.MOST_CLIENTS:,} clients are simulated as a slice of so many with its share of the servers.",
        "",
        *table(head, rows),
        "![Back after a restart](../../bench/plots/capacity-storm.svg)",
        "",
        "![Until the last friend of a post is told](../../bench/plots/capacity-posts.svg)",
        "",
        "A larger town is not a slower one: parts are added in step, and what a person waits for is the queue at one of them. "
        "The worst post is the one to most friends: its chunks are recorded one after the other by one worker.",
        "",
    ]


def charts(inputs: Inputs, sizes: list[Size], assumed: Assumed) -> dict[str, str]:
    """The plots, by their files' names."""
    parts = [
        (name.replace("this machine's ", ""), users, users, users) for name, users, _ in one_of_each(inputs, assumed)
    ]
    storms = [(one.name, one.storm.back.curve) for one in sizes]
    posts = [(one.name, one.posts.curve) for one in sizes]
    return {
        "bench/plots/capacity-parts.svg": bars(
            "Users that one of each part holds", "modelled from measured costs, more is better", parts, left=270
        ),
        "bench/plots/capacity-storm.svg": lines(
            "Back after all gateways restart", "share of clients with a welcome, by seconds; simulated", storms
        ),
        "bench/plots/capacity-posts.svg": lines(
            "Until the last friend of a post is told", "share of posts, by seconds; simulated", posts
        ),
    }


def files() -> dict[str, str]:
    """The page and its plots, by their paths in the project."""
    try:
        inputs = given.read()
    except given.NotMeasured as missing:
        raise SystemExit(str(missing)) from None
    sizes = [study(name, users, inputs, ASSUMED) for name, users in SIZES.items()]
    page = [
        *opening(inputs, ASSUMED),
        *tables(sizes, ASSUMED),
        *bottlenecks(inputs, sizes, ASSUMED),
        *sharding(),
        *simulated(sizes, ASSUMED),
        *formula(ASSUMED),
        *measured(inputs),
        *assumptions(ASSUMED),
    ]
    return {"docs/operate/capacity.md": "\n".join(page).rstrip() + "\n", **charts(inputs, sizes, ASSUMED)}


if __name__ == "__main__":
    write(files())
