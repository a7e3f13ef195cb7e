from django.apps import AppConfig


class HuddlConfig(AppConfig):
    name = "huddl"
