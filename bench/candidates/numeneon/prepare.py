"""Fills the product's database for a scenario: N people, each with a signed-in device, and the first frame of each socket.

Writes one `hello` a line. Every stream stands at another number, as in life, so that no frame is by chance another user's too.
With entries, the last that many numbers of every stream have one, and the cursor in `hello` may stand before them.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from places import EPOCH, head_of


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int)
    parser.add_argument("hellos", type=Path)
    parser.add_argument("--entries", type=int, default=0, help="in every stream")
    parser.add_argument("--behind", type=int, help="how many entries before the head hello resumes")
    parser.add_argument("--devices", type=int, default=1, help="sockets of each person")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    django.setup()
    from django.core.management import call_command

    from accounts import tokens
    from accounts.models import Device, Profile, User
    from streams.models import Entry, Stream

    call_command("migrate", verbosity=0)
    first = User.objects.count()
    User.objects.bulk_create(
        [
            User(username=f"user{n}", email=f"user{n}@example.com", password="!")
            for n in range(first + 1, options.people + 1)
        ],
        500,
    )
    people = list(User.objects.order_by("pk"))
    Profile.objects.bulk_create([Profile(user=user) for user in people], 500, ignore_conflicts=True)
    ends = datetime.now(UTC) + timedelta(days=30)
    wanted = [Device(user=user, name="bench", expires_at=ends) for user in people for _ in range(options.devices)]
    devices = Device.objects.bulk_create(wanted, 500)
    missed = options.entries
    streams = [
        Stream(user=user, epoch=EPOCH, head=head_of(user.pk) + missed, floor=head_of(user.pk)) for user in people
    ]
    Stream.objects.bulk_create(
        streams, 500, update_conflicts=True, unique_fields=["user"], update_fields=["epoch", "head", "floor"]
    )
    body = '{"at":"2026-11-23T06:20:01.123456Z","type":"friend_accepted","from_user":{"id":7,"username":"maria"},'
    body += '"text":"maria accepted your friend request' + "." * 32 + '","link":"/people/maria"}'
    now_utc = datetime.now(UTC)
    for user in people if missed else ():
        rows = [
            Entry(stream_id=user.pk, seq=head_of(user.pk) + n, type="friend_accepted", body=body, created_at=now_utc)
            for n in range(1, missed + 1)
        ]
        Entry.objects.bulk_create(rows, 500)
    now = time.time()
    lines = []
    for device in devices:
        hello = {
            "type": "hello",
            "token": tokens.mint("access", user_id=device.user_id, device_id=device.pk, now=now),
        }
        if options.behind is not None:
            hello["resume"] = f"{EPOCH}.{head_of(device.user_id) + missed - options.behind}"
        lines.append(json.dumps(hello) + "\n")
    options.hellos.write_text("".join(lines))


main()
