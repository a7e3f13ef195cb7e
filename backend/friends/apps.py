"""Loads the events of friends, so that they are registered in every process, gateways included."""

from django.apps import AppConfig

from streams.events import load_events


class FriendsConfig(AppConfig):
    name = "friends"

    def ready(self) -> None:
        from . import leaving  # noqa: F401

        load_events("friends.actions")
