"""The page of all settings: environment variables as huddl/settings.py reads them, limits as streams/conf.py has them.

Defaults are read out of the code, words are written here; a setting without words, or words without a setting, stops
the generator, so neither can be forgotten.
"""

import ast
from dataclasses import fields
from pathlib import Path

from streams.conf import Conf

OWNS = ("docs/reference/settings.md",)
SETTINGS = Path(__file__).resolve().parents[2] / "backend" / "huddl" / "settings.py"

VARIABLES = {
    "DEBUG": "Development: readable logs, error pages, demo mode. Never on in production.",
    "DEMO_MODE": "With `DEBUG`: demo people and `/demo`.",
    "SECRET_KEY": "Signs sessions and tokens. Unset: made once, kept in the data folder. The same on all machines.",
    "HUDDL_DATA_DIR": "Where the database of the embedded profile, the made secret key and collected static files are.",
    "DATABASE_URL": "`postgres://user:password@host:5432/name`. Unset: SQLite in the data folder.",
    "DATABASE_POOL_MIN": "Connections to PostgreSQL a process keeps open.",
    "DATABASE_POOL_MAX": "Connections to PostgreSQL a process opens at most.",
    "DATABASE_POOL_TIMEOUT": "Seconds a request waits for a connection of the pool.",
    "REDIS_URL": "`redis://host:6379/0`. Unset: everything in memory, one process.",
    "ALLOWED_HOSTS": "Host names this site answers to, separated by commas.",
    "ALLOWED_ORIGINS": "Origins besides its own that may call the API with cookies and open sockets.",
    "HTTPS": "Cookies travel over HTTPS only. Off only where there is none.",
    "HSTS_SECONDS": "How long browsers remember to use HTTPS only.",
    "BEHIND_PROXY": "A reverse proxy sets `X-Forwarded-Proto`, and nobody reaches the server around it.",
    "TRUSTED_PROXIES": "Networks whose `X-Forwarded-For` is believed when connections are counted.",
    "ACCESS_TOKEN_MINUTES": "Life of an access token.",
    "REFRESH_TOKEN_DAYS": "Life of a refresh token, and of a login that is not used.",
    "THROTTLE_FACTOR": "Multiplies all rates of requests, for development, benchmarks and tests.",
    "THROTTLE_RATES": "Rates that differ from the built-in ones: `login=60/m,signup=60/h`.",
    "LOGIN_FAILURES": "Wrong passwords for one name from one address, after which both wait.",
    "LOGIN_COOLOFF_MINUTES": "How long they wait.",
    "MAX_BODY": "Bytes of a request's body.",
    "METRICS_ADDRESSES": "Addresses that may read `/metrics`.",
    "FRONTEND_DIR": "The built web app.",
    "LOG_LEVEL": "`DEBUG`, `INFO`, `WARNING` or `ERROR`.",
}

LIMITS = {
    "AUTHENTICATOR": "Dotted path of the function that tells who a connection belongs to.",
    "ON_RECORD": "Dotted path of what a project does in the transaction that records an event.",
    "ON_NUMBER": "Dotted path of what it does once an entry has its number, in the transaction that gives it.",
    "ON_REDACT": "Dotted path of what it does when entries about an erased person are emptied, in that transaction.",
    "ON_ACK": "Dotted path of what it does with (user, seq) pairs that a login has newly acknowledged, many at once.",
    "MAY_TYPE": "Dotted path of the question whether one person may be told that another is typing.",
    "PRESENCE_AUDIENCE": "Dotted path of the question who is told that a person came or went. Empty: nobody.",
    "PRESENCE_LEASE": "Seconds after which the users of a gateway that died are no longer online.",
    "PRESENCE_GRACE": "Seconds that somebody whose last connection ended is still online.",
    "BUS": "Dotted path of what makes the bus. Empty: the built-in one, in memory or on Redis.",
    "REDIS_URL": "The built-in bus. Empty: memory.",
    "REDIS_PREFIX": "First part of every Redis channel's name.",
    "BUCKETS": "Redis channels that hints are spread over; the same in all processes.",
    "PUBLISH_TIMEOUT": "Seconds a request waits for Redis at most when it publishes.",
    "ALLOWED_ORIGINS": "Origins that may open sockets with a cookie, besides the site's own.",
    "ALLOWED_HOSTS": "Hosts the site answers to; their origins are its own.",
    "MAX_FRAME": "Bytes of a client's frame.",
    "FRAMES_PER_MINUTE": "Frames a client may send in a minute.",
    "FRAME_BURST": "Frames a client may send at once.",
    "CONNECTIONS_PER_USER": "Connections of one person; the oldest is replaced.",
    "CONNECTIONS_PER_ADDRESS": "Connections from one address.",
    "CONNECTIONS_PER_PROCESS": "Connections of one process; above it answers that it is full.",
    "HANDSHAKES_PER_SECOND": "New connections a process takes in any second, a tenth at once; others are told to come back in two.",
    "TRUSTED_PROXIES": "Addresses whose `X-Forwarded-For` is believed.",
    "HELLO_TIMEOUT": "Seconds until `hello` must have come.",
    "HEARTBEAT": "Seconds between pings.",
    "PONG_TIMEOUT": "Seconds a client has to answer a ping.",
    "PAGE": "Entries of one stream read at once.",
    "PAGE_BYTES": "Bytes of one stream read at once; the entry that crosses them is the last.",
    "MAX_REPLAY": "Entries that are replayed; who has missed more is reset.",
    "SYNCS_PER_MINUTE": "`sync` frames a client may send in a minute.",
    "MAX_TOPICS": "Topics a connection may watch.",
    "TYPING_INTERVAL": "Seconds between two `typing` frames to one person.",
    "COALESCE": "Seconds in which ephemeral news of one topic become one frame, the latest.",
    "ACK_INTERVAL": "Seconds between two `ack` frames.",
    "WRITE_BUFFER": "Bytes waiting for a client above which it is behind.",
    "WRITE_STALL": "Seconds a client may be behind without reading.",
    "SWEEP_INTERVAL": "Seconds between two looks at the heads of connected people.",
    "SWEEP_INTERVAL_DEGRADED": "The same while the bus is down.",
    "RETENTION_DAYS": "Days an entry is kept at least.",
    "RETENTION_ENTRIES": "Newest entries of a person kept at least.",
    "DRAIN": "Seconds over which clients leave a process that ends.",
    "READERS": "Threads that read entries for the connections of a process.",
}


class Undocumented(Exception):
    """A setting and its words do not go together."""


def files() -> dict[str, str]:
    """The page."""
    read = variables(ast.parse(SETTINGS.read_text()))
    limits = {field.name: field.default for field in fields(Conf)}
    for what, there, described in (("variable", read, VARIABLES), ("setting of STREAMS", limits, LIMITS)):
        if odd := sorted(set(there) ^ set(described)):
            words = f"{what} without words, or words without {what}: {', '.join(odd)}"
            raise Undocumented(f"{words}. The words stand in {Path(__file__).name}.")
    lines = [
        "# Settings",
        "",
        "## Environment",
        "",
        "Read at start. Nothing set: the embedded profile; with `DATABASE_URL` and `REDIS_URL`: the scaled one.",
        "",
        "| variable | default | |",
        "|---|---|---|",
        *(f"| `{name}` | {read[name]} | {words} |" for name, words in VARIABLES.items()),
        "",
        "## The engine",
        "",
        "Members of `STREAMS` in `huddl/settings.py`. Times are seconds, sizes are bytes.",
        "Every number can be given by an environment variable too: `STREAMS_HEARTBEAT=20`.",
        "",
        "| name | default | |",
        "|---|---|---|",
        *(f"| `{name}` | {shown(limits[name])} | {words} |" for name, words in LIMITS.items()),
    ]
    return {"docs/reference/settings.md": "\n".join(lines) + "\n"}


def variables(module: ast.Module) -> dict[str, str]:
    """Every `env.kind("NAME", default=…)` of the settings, with its default as it stands there."""
    found = {}
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=str(name)), *_]):
                default = next((word.value for word in node.keywords if word.arg == "default"), None)
                found[name] = written(default)
    return found


def written(default: ast.expr | None) -> str:
    if default is None:
        return "must be set"
    if isinstance(default, ast.Constant):
        return shown(default.value)
    if isinstance(default, ast.List):
        return ", ".join(f"`{ast.literal_eval(item)}`" for item in default.elts) or "none"
    return f"`{ast.unparse(default)}`".replace("|", "\\|")


def shown(value: object) -> str:
    if value in ("", ()):
        return "unset" if value == "" else "none"
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"`{value}`"
