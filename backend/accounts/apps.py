"""Connects the signals of devices; nothing else happens at start-up."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import devices  # noqa: F401
        from .converters import register

        register()
