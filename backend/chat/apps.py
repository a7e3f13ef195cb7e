"""Loads the events of chat, so that they are registered in every process, gateways included."""

from django.apps import AppConfig

from streams.events import load_events


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        load_events("chat.actions")
