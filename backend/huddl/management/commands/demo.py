"""`manage.py demo`: make the demo people. With `--live` they go on to act, until interrupted."""

import random
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from huddl.demo.cast import CAST, PASSWORD, people, prepare
from huddl.demo.history import remember
from huddl.demo.life import act_once


class Command(BaseCommand):
    help = "Make the demo people; with --live, let them act on each other."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--live", action="store_true", help="go on until interrupted")
        parser.add_argument("--pace", type=float, default=3.0, help="seconds between two acts, on average")
        parser.add_argument("--acts", type=int, default=None, help="stop after so many acts")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Demo mode is off. It is on with DEBUG=1, and never where members are real.")
        made = prepare()
        if made:
            self.stdout.write(f"{made} demo people made; their password is {PASSWORD}")
        cast = people()
        if len(cast) == len(CAST):
            remember(cast)
        if options["live"]:
            self._live(options["pace"], options["acts"])

    def _live(self, pace: float, acts: int | None) -> None:
        chance = random.Random()  # noqa: S311 - theatre
        done = 0
        try:
            while acts is None or done < acts:
                told = act_once(chance, list(people().values()))
                done += 1
                if told:
                    self.stdout.write(told)
                time.sleep(chance.expovariate(1 / pace) if pace else 0)
        except KeyboardInterrupt:
            return
