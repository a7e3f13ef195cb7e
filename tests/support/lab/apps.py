"""Switches on what the environment asks for, before the server begins."""

import os
from datetime import timedelta

from django.apps import AppConfig


class LabConfig(AppConfig):
    name = "tests.support.lab"
    label = "lab"

    def ready(self) -> None:
        from . import (
            arrivals,
            dying,
            faulty_durability,
            faulty_healing,
            faulty_herding,
            faulty_limits,
            mutants,
            telling,
        )

        telling.register()
        mutants.MUTANTS.update(faulty_healing.MUTANTS)
        mutants.MUTANTS.update(faulty_durability.MUTANTS)
        mutants.MUTANTS.update(faulty_herding.MUTANTS)
        mutants.MUTANTS.update(faulty_limits.MUTANTS)
        if os.environ.get("LAB_MUTANT"):
            mutants.become(os.environ["LAB_MUTANT"])
        if os.environ.get("LAB_DAYS"):
            import time_machine

            time_machine.travel(timedelta(days=float(os.environ["LAB_DAYS"])), tick=True).start()
        if os.environ.get("LAB_DIE"):
            dying.arrange(os.environ["LAB_DIE"])
        if os.environ.get("LAB_ARRIVALS"):
            arrivals.note_arrivals(os.environ["LAB_ARRIVALS"])
        from streams.gateway import rounds

        rounds.EXPIRY_GRACE = float(os.environ.get("LAB_GRACE", rounds.EXPIRY_GRACE))
        rounds.EXPIRY_NOTICE = float(os.environ.get("LAB_NOTICE", rounds.EXPIRY_NOTICE))
        from posts import fan_out
        from streams import jobs

        fan_out.CHUNK = int(os.environ.get("LAB_CHUNK", fan_out.CHUNK))
        fan_out.AT_ONCE = int(os.environ.get("LAB_AT_ONCE", fan_out.AT_ONCE))
        jobs.LEASE = timedelta(seconds=float(os.environ.get("LAB_LEASE", jobs.LEASE.total_seconds())))
