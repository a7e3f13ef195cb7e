"""Switches on what the environment asks for, before the server begins."""

import os

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "tests.support.lab"
    label = "lab"

    def ready(self) -> None:
        from . import dying, faulty_healing, mutants

        mutants.MUTANTS.update(faulty_healing.MUTANTS)
        if os.environ.get("LAB_MUTANT"):
            mutants.become(os.environ["LAB_MUTANT"])
        if os.environ.get("LAB_DIE"):
            dying.arrange(os.environ["LAB_DIE"])
        from streams.gateway import rounds

        rounds.EXPIRY_GRACE = float(os.environ.get("LAB_GRACE", rounds.EXPIRY_GRACE))
        rounds.EXPIRY_NOTICE = float(os.environ.get("LAB_NOTICE", rounds.EXPIRY_NOTICE))
