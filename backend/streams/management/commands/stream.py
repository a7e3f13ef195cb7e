"""`manage.py stream …`: look at streams, and do what is done to all of them at once.

    stream show USER             where it stands, who is connected, what was acknowledged, the newest entries
    stream tail USER [--follow]  its newest entries, and those to come
    stream explain USER SEQ      what became of one entry, or why it did not arrive
    stream trim                  what the daily job does, now
    stream rotate                a new epoch for all streams: after a restore, before anything starts

USER is a username or an id. Entries are shown without what people wrote, unless `--bodies` asks for it.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from streams.explain import ask, explain
from streams.models import Entry
from streams.read import acks, positions
from streams.retention import rotate_epoch, trim

LOOK_EVERY = 0.5


class Command(BaseCommand):
    help = (__doc__ or "").split("\n", 1)[0]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.epilog = __doc__
        what = parser.add_subparsers(dest="what", required=True)
        for name in ("show", "tail", "explain"):
            one = what.add_parser(name)
            one.add_argument("user")
            one.add_argument("--bodies", action="store_true", help="show what entries carry")
            if name == "tail":
                one.add_argument("--follow", "-f", action="store_true", help="go on until interrupted")
                one.add_argument("-n", type=int, default=10, help="how many to begin with")
            if name == "explain":
                one.add_argument("seq", type=int)
            else:
                one.set_defaults(seq=None)
        what.add_parser("trim")
        rotate = what.add_parser("rotate")
        rotate.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *arguments: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")(options)

    def _trim(self, options: dict[str, Any]) -> None:
        removed, _ = trim()
        self.stdout.write(f"{removed} entries removed")

    def _rotate(self, options: dict[str, Any]) -> None:
        if not options["yes"] and input("Every client will be reset once. Go on? [y/N] ").lower() != "y":
            raise CommandError("Nothing was changed.")
        self.stdout.write(f"{rotate_epoch()} streams are in a new epoch")

    def _show(self, options: dict[str, Any]) -> None:
        user_id = _user_id(options["user"])
        here = positions([user_id])[user_id]
        self.stdout.write(f"stream of {options['user']} (id {user_id}): {here.cursor}, kept above {here.floor}")
        for hub, known in ask(user_id).items():
            for one in known["connections"]:
                behind = "" if one["behind_for"] is None else f", not reading for {one['behind_for']:.0f} s"
                self.stdout.write(
                    f"  connected {hub}-{one['connection']} ({one['door']}, login {one['login_id']}): "
                    f"{one['state']}, sent {one['sent']}, acknowledged {one['acked']}{behind}"
                )
        for acked in acks([user_id])[user_id]:
            self.stdout.write(f"  login {acked.login_id} acknowledged {acked.seq} at {_clock(acked.at)}")
        self._print(_newest(user_id, 10), bodies=options["bodies"])

    def _tail(self, options: dict[str, Any]) -> None:
        user_id = _user_id(options["user"])
        newest = _newest(user_id, options["n"])
        self._print(newest, bodies=options["bodies"])
        last = newest[-1].seq or 0 if newest else positions([user_id])[user_id].floor
        while options["follow"]:
            time.sleep(LOOK_EVERY)
            more = list(Entry.objects.filter(stream_id=user_id, seq__gt=last).order_by("seq"))
            self._print(more, bodies=options["bodies"])
            last = more[-1].seq or last if more else last

    def _explain(self, options: dict[str, Any]) -> None:
        user_id = _user_id(options["user"])
        story = explain(user_id, options["seq"], known=ask(user_id, options["seq"]))
        for at, what in story.lines:
            self.stdout.write(f"  {_clock(at):>15}  {what}")
        self.stdout.write(story.verdict)

    def _print(self, entries: Iterable[Entry], *, bodies: bool) -> None:
        for entry in entries:
            shown = f"  {entry.body}" if bodies else ""
            self.stdout.write(f"  {entry.seq:>8}  {_clock(entry.created_at)}  {entry.type}{shown}")


def _newest(user_id: int, count: int) -> list[Entry]:
    return list(Entry.objects.filter(stream_id=user_id, seq__isnull=False).order_by("-seq")[:count])[::-1]


def _user_id(named: str) -> int:
    users = get_user_model()
    found = users.objects.filter(**{users.USERNAME_FIELD: named}).first()
    if found is None and named.isdecimal():
        found = users.objects.filter(pk=int(named)).first()
    if found is None:
        raise CommandError(f"There is nobody called {named}.")
    return int(found.pk)


def _clock(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%m-%d %H:%M:%S.%f")[:-3]
