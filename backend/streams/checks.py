"""Refuse at start-up what would lose or leak later: combinations of settings that work on a desk and fail in the house.

Errors stop every command that runs checks, `huddl` included; warnings tell. docs/reference/settings.md has the settings.
"""

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils.module_loading import import_string

from .conf import Conf, conf

LOCAL = ("localhost", "127.0.0.1", "[::1]", "::1", "testserver", ".localhost")
_Found = list[CheckMessage]


@register(Tags.compatibility)
def settings_are_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> _Found:
    """`STREAMS` names settings that exist, and its dotted paths lead somewhere."""
    try:
        chosen = conf()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="streams.E001")]
    found: _Found = []
    if not chosen.AUTHENTICATOR:
        found.append(Error("STREAMS has no AUTHENTICATOR: nobody could be let in.", id="streams.E002"))
    for name in (
        "AUTHENTICATOR",
        "MAY_TYPE",
        "PRESENCE_AUDIENCE",
        "ON_RECORD",
        "ON_NUMBER",
        "ON_REDACT",
        "ON_ACK",
        "BUS",
    ):
        path = getattr(chosen, name)
        try:
            if path:
                import_string(path)
        except ImportError as error:
            found.append(Error(f"STREAMS[{name!r}] leads nowhere: {error}.", id="streams.E003"))
    return found + _numbers(chosen)


def _numbers(chosen: Conf) -> _Found:
    found: _Found = []
    if chosen.BUCKETS < 1:
        found.append(Error("STREAMS['BUCKETS'] is at least 1.", id="streams.E004"))
    if chosen.MAX_REPLAY > chosen.RETENTION_ENTRIES:
        words = "MAX_REPLAY promises more entries than RETENTION_ENTRIES keeps of an old stream."
        found.append(Warning(words, id="streams.W001"))
    if chosen.PONG_TIMEOUT >= chosen.HEARTBEAT:
        words = "PONG_TIMEOUT must be shorter than HEARTBEAT, or nobody is ever missed."
        found.append(Error(words, id="streams.E005"))
    if chosen.PRESENCE_LEASE <= chosen.PRESENCE_GRACE:
        found.append(Error("PRESENCE_LEASE must be longer than PRESENCE_GRACE.", id="streams.E006"))
    for one in chosen.TRUSTED_PROXIES:
        try:
            network = ip_network(one, strict=False)
        except ValueError:
            found.append(Error(f"TRUSTED_PROXIES: {one!r} is no address or network.", id="streams.E007"))
            continue
        if network.prefixlen == 0:
            words = "TRUSTED_PROXIES trusts everybody: anyone may say where they come from."
            found.append(Error(words, id="streams.E008"))
    return found


@register(Tags.compatibility)
def database_keeps_the_promise(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> _Found:
    """Transactions are the actions' own, and each statement sees what has been committed."""
    found: _Found = []
    for alias in connections:
        connection = connections[alias]
        if connection.settings_dict.get("ATOMIC_REQUESTS"):
            words = (
                f"ATOMIC_REQUESTS on database {alias!r}: recording() must own its transaction, or hints come too early."
            )
            found.append(Error(words, id="streams.E010"))
        if connection.vendor == "postgresql":
            level = connection.settings_dict.get("OPTIONS", {}).get("isolation_level")
            if level is not None and int(level) != _READ_COMMITTED:
                words = f"Database {alias!r} must use READ COMMITTED: numbering reads what others committed meanwhile."
                found.append(Error(words, id="streams.E011"))
        elif connection.vendor == "sqlite":
            if connection.settings_dict.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
                words = f"SQLite database {alias!r} needs transaction_mode IMMEDIATE: two writers would fail instead of wait."
                found.append(Error(words, id="streams.E012"))
        else:
            found.append(Error(f"{connection.vendor} is not supported: PostgreSQL or SQLite.", id="streams.E013"))
    return found


_READ_COMMITTED = 1
"""psycopg.IsolationLevel.READ_COMMITTED."""


@register(Tags.database)
def server_keeps_the_promise(databases: Sequence[str] | None = None, **kwargs: Any) -> _Found:
    """The same of the server's own default. Needs a connection, so it runs with `migrate` and `check --database`."""
    found: _Found = []
    for alias in databases or ():
        if connections[alias].vendor == "postgresql":
            with connections[alias].cursor() as cursor:
                cursor.execute("SHOW default_transaction_isolation")
                (level,) = cursor.fetchone()
            if level != "read committed":
                words = f"The server of database {alias!r} defaults to {level.upper()}; READ COMMITTED is needed."
                found.append(Error(words, id="streams.E014"))
    return found


@register(Tags.compatibility)
def profile_is_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> _Found:
    """Embedded or scaled, not half of each."""
    found: _Found = []
    redis, sqlite = bool(conf().REDIS_URL), connections["default"].vendor == "sqlite"
    if redis and sqlite:
        words = "REDIS_URL without DATABASE_URL: several processes cannot share one SQLite file under load."
        hint = "Set DATABASE_URL to a PostgreSQL, or leave REDIS_URL away for a single process."
        found.append(Warning(words, hint=hint, id="streams.W010"))
    if not redis and not sqlite and not conf().BUS:
        words = "PostgreSQL without REDIS_URL: the bus reaches one process only; a second one is served by its sweeper, late."
        found.append(Warning(words, hint="Set REDIS_URL, or run exactly one process.", id="streams.W011"))
    layers = getattr(settings, "CHANNEL_LAYERS", {})
    backend = layers.get("default", {}).get("BACKEND", "")
    if redis and "InMemory" in backend:
        words = "CHANNEL_LAYERS is in memory while the bus is Redis: a group_send reaches one process only."
        found.append(Warning(words, id="streams.W012"))
    return found


@register(Tags.security)
def nothing_is_open(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> _Found:
    """Development is for one's own machine, and origins are origins."""
    found: _Found = []
    public = [host for host in settings.ALLOWED_HOSTS if host not in LOCAL]
    if settings.DEBUG and public:
        words = f"DEBUG with public hosts ({', '.join(public)}): error pages tell strangers what they should not know."
        kind = Error if getattr(settings, "DEMO_MODE", False) else Warning
        hint = "Turn DEBUG off. In demo mode, whoever comes may sign in as anybody."
        found.append(kind(words, hint=hint, id="streams.E020" if kind is Error else "streams.W020"))
    for origin in conf().ALLOWED_ORIGINS:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or "*" in origin:
            words = f"ALLOWED_ORIGINS: {origin!r} is not an origin such as https://app.example.org."
            found.append(Error(words, id="streams.E021"))
        elif parts.scheme == "http" and not settings.DEBUG and parts.hostname not in LOCAL:
            found.append(Warning(f"ALLOWED_ORIGINS: {origin!r} is not HTTPS.", id="streams.W021"))
    if not settings.DEBUG and len(set(settings.SECRET_KEY)) < 12:
        found.append(Error("SECRET_KEY is too simple: it signs everybody's tokens.", id="streams.E022"))
    return found
