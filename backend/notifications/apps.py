"""Loads the events of the inbox, so that they are registered in every process, gateways included."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from .actions import change_preferences, mark  # noqa: F401
