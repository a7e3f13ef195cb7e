"""Has the daily trim in place once the tables exist."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StreamsConfig(AppConfig):
    name = "streams"

    def ready(self) -> None:
        from . import checks, erasure, retention  # noqa: F401 (jobs and checks register by being defined)

        post_migrate.connect(_schedule_trim, sender=self)


def _schedule_trim(sender: Any, using: str = "default", **kwargs: Any) -> None:
    from .retention import schedule

    if using == "default":
        schedule()
