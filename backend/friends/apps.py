"""Loads the events of friends, so that they are registered in every process, gateways included."""

from django.apps import AppConfig


class FriendsConfig(AppConfig):
    name = "friends"

    def ready(self) -> None:
        from . import leaving  # noqa: F401
        from .actions import (  # noqa: F401
            accept_request,
            block,
            cancel_request,
            decline_request,
            remove_friend,
            send_request,
            unblock,
        )
