"""What the model stands on: figures from the newest result files, with all their repetitions, and assumptions that say so.

A measured figure keeps its repetitions, because a simulation that draws from them shows what a median hides. Nothing is
typed in that a scenario could have measured, but for `ASSUMED`, which the page prints whole.
"""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Mapping
from typing import Any

from suite.results import newest

OURS = "numeneon scaled"
Row = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Figure:
    """One measured figure: its repetitions, what it is, and where it was measured."""

    samples: tuple[float, ...]
    unit: str
    what: str
    source: str

    @property
    def value(self) -> float:
        return statistics.median(self.samples)


@dataclasses.dataclass(frozen=True)
class Inputs:
    """Everything measured that the model uses."""

    idle_cpu: Figure
    idle_bytes: Figure
    unicast_us: Figure
    fan_out_us: Figure
    heard_us: Figure
    connect_us: Figure
    replay_us: Figure
    request_ms: Figure
    poll_ms: Figure
    record_ms: Figure
    commits: Figure
    rows: Figure
    path_ms: Figure
    machine: dict[str, Any]
    loads: tuple[float, float]
    """The least and the largest load average at the end of the scenarios used."""


@dataclasses.dataclass(frozen=True)
class Assumed:
    """What no scenario can know. Per user or per connected user, at the busiest hour."""

    connected: float = 0.15
    """of all users have a socket open at the peak"""
    devices: float = 1.2
    """sockets of a connected user"""
    unicast_per_hour: float = 4.0
    """events for one person each that a connected user causes in an hour: messages, requests, likes, comments"""
    reachable: float = 0.5
    """of those are for somebody who is connected: people write to people who are there"""
    posts_per_hour: float = 0.1
    """posts of a connected user in an hour, told to all friends"""
    friends_median: float = 90.0
    """friends of a user; log-normal"""
    friends_sigma: float = 1.0
    """its spread: one in a hundred has ten times the median"""
    friends_most: int = 5_000
    """nobody has more"""
    requests_per_hour: float = 60.0
    """HTTP requests of a connected user in an hour"""
    connects_per_hour: float = 2.0
    """connections a socket's owner opens in an hour"""
    peak_over_mean: float = 2.5
    """the busiest hour over the mean hour, for what is stored"""
    entry_bytes: float = 450.0
    """a stored entry with its indexes"""
    kept_days: float = 30.0
    """entries are kept (RETENTION_DAYS)"""
    kernel_bytes: float = 8_192.0
    """kernel memory of an idle TCP connection, which no process shows"""
    redis_us: float = 4.0
    """CPU µs of Redis for a message in, and for each subscriber it goes out to"""
    database_share: float = 0.4
    """of a recorded transaction's CPU time is PostgreSQL's, the rest is the web process'"""
    database_connect_us: float = 40.0
    """PostgreSQL CPU µs for authenticating and locating one socket in a batch"""
    back_in: float = 5.0
    """seconds of a gateway's CPU in which all its sockets can come back after a restart: how many sockets one is given"""
    event_bytes: float = 200.0
    """an event's frame"""
    ping_bytes: float = 35.0
    """a heartbeat's frame; one each 25 seconds to every socket"""
    packet_bytes: float = 66.0
    """what Ethernet, IP and TCP put around a frame"""
    pool: float = 16.0
    """connections of one process to PostgreSQL, at most (DATABASE_POOL_MAX)"""
    missed: float = 5.0
    """entries that a client has missed by then"""
    full: float = 0.6
    """how far a core, a primary or memory is filled in the plan; the rest is for bursts and for a neighbour that died"""


ASSUMED = Assumed()
HEARTBEAT = 25
"""Seconds between two pings of a socket."""
CONNECTIONS = 100
"""What PostgreSQL takes unless `max_connections` says otherwise."""
CHANNELS = 64
CHUNK = 500
SOCKETS_A_PROCESS = 60_000
GATE = 5_000
GATE_AT_ONCE = 0.1
SHARD_OF_CORES = 16
"""Cores of one PostgreSQL primary, when one is bought for the purpose."""


class NotMeasured(RuntimeError):
    """A result file that the model needs is not there."""


def read() -> Inputs:
    """The newest figures.

    Raises:
        NotMeasured: names the scenario that has to run first.
    """
    documents = newest()
    used: dict[str, Row] = {}

    def rows(scenario: str, wanted: Callable[[Row], bool] = lambda _: True) -> list[Row]:
        document = documents.get(scenario, {"rows": []})
        found = [row for row in document["rows"] if row.get("candidate", OURS) == OURS and wanted(row)]
        if not found:
            raise NotMeasured(f"the model needs {scenario}: python bench/run.py {scenario}")
        used[scenario] = document
        return found

    def figure(scenario: str, samples: list[float], unit: str, what: str) -> Figure:
        return Figure(tuple(samples), unit, what, scenario)

    def member(name: str, scenario: str, wanted: Callable[[Row], bool] = lambda _: True) -> list[float]:
        return [float(row[name]) for row in rows(scenario, wanted)]

    biggest = max(
        (scenario for scenario in documents if scenario.startswith("idle-") and _has_ours(documents[scenario])),
        key=lambda scenario: int(scenario.partition("-")[2]),
        default="idle-5000",
    )
    alone = member("cpu_us", "processes", lambda row: row["case"] == "unicast" and row["processes"] == 1)
    pair = member("cpu_us", "processes", lambda row: row["case"] == "unicast" and row["processes"] == 2)
    connect = member("cpu_us", "connect-storm")
    resume = member("cpu_us", "resume-storm")
    missed = float(documents["resume-storm"]["parameters"]["missed"])
    busy = "distinct, 8 writers"
    figures = {
        "idle_cpu": figure(biggest, member("idle_cpu_s_per_user_hour", biggest), "CPU-s an hour", "an idle socket"),
        "idle_bytes": figure(biggest, member("bytes_per_connection", biggest), "bytes", "process memory of a socket"),
        "unicast_us": figure("processes", alone, "CPU µs", "a delivery to one person, Redis to socket"),
        "fan_out_us": figure("fanout-5000", member("cpu_us", "fanout-5000"), "CPU µs", "a delivery of a fan-out"),
        "heard_us": figure(
            "processes",
            [max(0.1, statistics.median(pair) - statistics.median(alone))],
            "CPU µs",
            "a hint heard by a gateway that has nobody for it",
        ),
        "connect_us": figure("connect-storm", connect, "CPU µs", "a connect: signed in and positioned"),
        "replay_us": figure(
            "resume-storm",
            [(one - statistics.median(connect)) / missed for one in resume],
            "CPU µs",
            "a missed entry sent on resuming",
        ),
        "request_ms": figure(
            "polling",
            member("cpu_ms", "polling", lambda row: row["case"] == "friends and requests"),
            "CPU ms",
            "an HTTP request with a page of data",
        ),
        "poll_ms": figure(
            "polling",
            member("cpu_ms", "polling", lambda row: row["case"] == "cursor poll"),
            "CPU ms",
            "a poll with a cursor, for who has no socket",
        ),
        "record_ms": figure(
            "recording",
            [1e3 / one for one in member("per_second", "recording", lambda row: row["case"] == busy)],
            "ms",
            "a recorded transaction, one after the other",
        ),
        "commits": figure(
            "recording",
            member("per_second", "recording", lambda row: row["case"] == "without, 8 writers"),
            "a second",
            "small transactions that PostgreSQL commits with fsync here",
        ),
        "rows": figure(
            "friends-fanout",
            [5_000 / one for one in member("all_committed_s", "friends-fanout")],
            "a second",
            "entries that one worker commits for the friends of a post",
        ),
        "path_ms": figure(
            "whole-path",
            [one for row in rows("whole-path") for one in (row["p50_ms"], row["p90_ms"], row["p99_ms"])],
            "ms",
            "accepting request to frame on a quiet server: p90 (p50–p99)",
        ),
    }
    ends = [document["machine"]["load_average_at_end"][0] for document in used.values()]
    machine = next(iter(used.values()))["machine"]
    return Inputs(**figures, machine=machine, loads=(min(ends), max(ends)))


def _has_ours(document: Row) -> bool:
    return any(row.get("candidate") == OURS for row in document["rows"])
