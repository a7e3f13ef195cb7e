"""Loads the events, jobs and topics of posts, so that they are registered in every process, gateways included."""

from django.apps import AppConfig

from streams.events import load_events


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        from . import fan_out, leaving, topics  # noqa: F401

        load_events("posts.actions")
