"""Loads the events of the inbox, so that they are registered in every process, gateways included."""

from django.apps import AppConfig

from streams.events import load_events


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        load_events("notifications.actions")
