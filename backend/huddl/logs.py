"""Log events with fields: one JSON object a line in production, aligned and coloured words in development.

Logs outlive tokens, are copied to places nobody audits, and are read by people who should not be able to sign in with
what they find. So the last step before writing is `redacted`: whatever a library logs (Uvicorn logs whole request
lines, and existing clients carry their token in the URL of a socket), tokens and credentials are replaced there.
Bodies are never logged by this program at all.

`configure` is settings.LOGGING_CONFIG; Django calls it with settings.LOGGING: `level`, and `json` (default: not DEBUG).
"""

import logging.config
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# Members whose value is never written, whatever it is.
SECRET_NAMES = frozenset({
    "access", "api_key", "auth", "authorization", "cookie", "csrftoken", "p256dh", "password", "refresh", "secret",
    "sessionid", "set-cookie", "token", "x-csrftoken",
})  # fmt: skip

# Secrets inside running text: query parameters, header lines, JSON members, and anything shaped like a signed token.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)([?&;](?:token|access|refresh|password|ticket|key)=)[^&\s\"'<>;#]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?)(?!bearer|basic)[^'\"\s,;)]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b((?:sessionid|csrftoken)=)[^;\s'\"]+"), rf"\1{REDACTED}"),
    (re.compile(r"(?i)([\"'](?:token|access|refresh|password)[\"']\s*:\s*[\"'])[^\"']*"), rf"\1{REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REDACTED),
)


def redact_text(text: str) -> str:
    """The same text without the secrets in it."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_value(name: str, value: object) -> object:
    """A field's value, fit to be written."""
    if name.lower() in SECRET_NAMES and value is not None:
        return REDACTED
    if isinstance(value, bytes | bytearray):
        return redact_text(bytes(value).decode(errors="replace"))
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): redact_value(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(name, inner) for inner in value]
    return value if value is None or isinstance(value, int | float) else redact_text(str(value))


def redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: nothing secret leaves. Runs after everything that adds text, tracebacks included."""
    return {name: redact_value(name, value) for name, value in event.items()}


def _own_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop what `logging` and Uvicorn attach for their own formatters."""
    for name in ("color_message", "_record", "_from_structlog"):
        event.pop(name, None)
    return event


def _shared() -> list[Processor]:
    """What happens to every event, from structlog and from `logging` alike."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(*, as_json: bool) -> logging.Formatter:
    # The pretty renderer formats exceptions itself, with the values of locals unless told otherwise; text is formatted
    # before redaction in both, because a secret may stand in an exception's words.
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="at")
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[_own_fields, structlog.processors.format_exc_info, redacted, renderer],
    )


def configure(logging_settings: MutableMapping[str, Any]) -> None:
    """Send every log of the process through one formatter to standard error.

    Args:
        logging_settings: settings.LOGGING with `level` (a name such as "INFO") and optionally `json` (bool).

    """
    from django.conf import settings

    level = str(logging_settings.get("level", "INFO")).upper()
    as_json = bool(logging_settings.get("json", not settings.DEBUG))
    quiet = {"handlers": [], "propagate": True}
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": {"()": _formatter, "as_json": as_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "uvicorn": quiet | {"level": level},
            "uvicorn.error": quiet | {"level": level},
            "uvicorn.access": quiet | {"level": "WARNING"},  # a reverse proxy writes access logs
            "django.request": quiet | {"level": "ERROR"},  # a 404 is the client's affair
            "django.db.backends": quiet | {"level": "WARNING"},  # values of queries are bodies
            "asyncio": quiet | {"level": "WARNING"},
            "axes": quiet | {"level": "WARNING"},
            "daphne": quiet | {"level": "WARNING"},
        },
    })  # fmt: skip
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
