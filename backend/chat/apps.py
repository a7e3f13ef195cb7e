"""Loads the events of chat, so that they are registered in every process, gateways included."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from .actions import mark_read, send_message  # noqa: F401
