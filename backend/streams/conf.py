"""Settings of the engine, read once from Django's `STREAMS` and frozen.

The defaults are the numbers of the protocol's limits; a project names only what it decides otherwise.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Conf:
    """Limits and choices. Times are seconds, sizes are bytes."""

    AUTHENTICATOR: str = ""
    ON_RECORD: str = ""
    ON_NUMBER: str = ""
    ON_REDACT: str = ""
    ON_ACK: str = ""
    MAY_TYPE: str = ""
    PRESENCE_AUDIENCE: str = ""
    PRESENCE_LEASE: float = 30
    PRESENCE_GRACE: float = 5
    BUS: str = ""
    REDIS_URL: str = ""
    REDIS_PREFIX: str = "huddl"
    BUCKETS: int = 64
    PUBLISH_TIMEOUT: float = 0.25
    ALLOWED_ORIGINS: tuple[str, ...] = ()
    ALLOWED_HOSTS: tuple[str, ...] = ()
    MAX_FRAME: int = 16 * 1024
    FRAMES_PER_MINUTE: int = 120
    FRAME_BURST: int = 20
    CONNECTIONS_PER_USER: int = 10
    CONNECTIONS_PER_ADDRESS: int = 1_000
    CONNECTIONS_PER_PROCESS: int = 60_000
    HANDSHAKES_PER_SECOND: int = 5_000
    TRUSTED_PROXIES: tuple[str, ...] = ()
    HELLO_TIMEOUT: float = 10
    HEARTBEAT: float = 25
    PONG_TIMEOUT: float = 10
    PAGE: int = 300
    PAGE_BYTES: int = 256 * 1024
    MAX_REPLAY: int = 1_000
    SYNCS_PER_MINUTE: int = 6
    MAX_TOPICS: int = 100
    TYPING_INTERVAL: float = 2
    COALESCE: float = 0.3
    ACK_INTERVAL: float = 5
    WRITE_BUFFER: int = 64 * 1024
    WRITE_STALL: float = 10
    SWEEP_INTERVAL: float = 3
    SWEEP_INTERVAL_DEGRADED: float = 1
    RETENTION_DAYS: int = 30
    RETENTION_ENTRIES: int = 1_000
    DRAIN: float = 30
    READERS: int = 4


@cache
def conf() -> Conf:
    """The settings in force.

    Raises:
        ImproperlyConfigured: `STREAMS` names something that does not exist.
    """
    given: dict[str, Any] = dict(getattr(settings, "STREAMS", {}))
    known = {field.name for field in fields(Conf)}
    unknown = sorted(set(given) - known)
    if unknown:
        raise ImproperlyConfigured(f"STREAMS has no setting {', '.join(unknown)}; it has {', '.join(sorted(known))}.")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Conf(**values)
