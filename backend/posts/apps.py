"""Loads the events, jobs and topics of posts, so that they are registered in every process, gateways included."""

from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        from . import fan_out, leaving, topics  # noqa: F401
        from .actions import comment, delete, edit, like, publish, share  # noqa: F401
