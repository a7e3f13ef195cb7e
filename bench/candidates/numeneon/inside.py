"""Measurements that need the product's own Python: what recording costs, and one post to many friends.

    inside.py record CASE WRITERS SECONDS      CASE: without | distinct | hot
    inside.py befriend AUTHOR COUNT            makes the first COUNT others friends of AUTHOR
    inside.py requests COUNT                   user 2k has asked user 2k-1, for k up to COUNT; prints their ids
    inside.py posts COUNT                      user 2k has posted, for k up to COUNT; prints the posts' ids
    inside.py committed SECONDS                waits until no friend is still to be told; prints how long that took

Prints one line of JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from typing import Any

import django


def _write(case: str, writer: int, seconds: float, gate: Any, results: Any) -> None:
    from django.db import transaction

    from accounts.models import Profile
    from friends.actions.accept_request import FriendAccepted
    from streams.record import recording

    event, count, took = FriendAccepted.example(), 0, []
    profile = Profile.objects.get(user_id=writer)
    recipient = 100 if case == "hot" else 100 + writer
    gate.wait()
    until = time.monotonic() + seconds
    while (began := time.monotonic()) < until:
        if case == "without":
            with transaction.atomic():
                Profile.objects.filter(pk=profile.pk).update(bio=f"version {count}")
        else:
            with recording() as log:
                Profile.objects.filter(pk=profile.pk).update(bio=f"version {count}")
                log.add(recipient, event)
        took.append(time.monotonic() - began)
        count += 1
    results.put((count, took))


def record(case: str, writers: int, seconds: float) -> dict[str, object]:
    """Rate and latency of a small change, alone or with one event."""
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(writers), context.Queue()
    crew = [context.Process(target=_write, args=(case, n + 1, seconds, gate, results)) for n in range(writers)]
    for one in crew:
        one.start()
    found = [results.get(timeout=seconds + 60) for _ in crew]
    for one in crew:
        one.join()
    from streams.models import Entry

    took = sorted(each for _, times in found for each in times)
    return {
        "transactions": len(took),
        "per_second": len(took) / seconds,
        "p50_ms": took[len(took) // 2] * 1e3,
        "p99_ms": took[int(len(took) * 0.99)] * 1e3,
        "unnumbered": Entry.objects.filter(seq__isnull=True).count(),
    }


def befriend(author: int, count: int) -> dict[str, object]:
    from accounts.models import User
    from friends.models import Friendship

    others = User.objects.exclude(pk=author).order_by("pk").values_list("pk", flat=True)[:count]
    pairs = [Friendship(low_id=min(author, other), high_id=max(author, other)) for other in others]
    Friendship.objects.bulk_create(pairs, 500)
    return {"friends": len(pairs)}


def requests(count: int) -> dict[str, object]:
    from friends.models import FriendRequest

    rows = [FriendRequest(from_user_id=2 * k, to_user_id=2 * k - 1) for k in range(1, count + 1)]
    FriendRequest.objects.bulk_create(rows, 500)
    return {"ids": list(FriendRequest.objects.order_by("from_user_id").values_list("pk", flat=True))}


def posts(count: int) -> dict[str, object]:
    from posts.models import Post

    Post.objects.bulk_create([Post(author_id=2 * k, content=f"Post {k}") for k in range(1, count + 1)], 500)
    return {"ids": list(Post.objects.order_by("author_id").values_list("pk", flat=True))}


def committed(seconds: float) -> dict[str, object]:
    from streams.models import Job

    began, telling = time.monotonic(), Job.objects.filter(kind="posts.fan_out")
    while telling.exists() and time.monotonic() - began < seconds:
        time.sleep(0.01)
    return {"seconds": time.monotonic() - began, "left": telling.count()}


def main() -> None:
    django.setup()
    name, *words = sys.argv[1:]
    if name == "record":
        answer = record(words[0], int(words[1]), float(words[2]))
    elif name == "befriend":
        answer = befriend(int(words[0]), int(words[1]))
    elif name == "requests":
        answer = requests(int(words[0]))
    elif name == "posts":
        answer = posts(int(words[0]))
    else:
        answer = committed(float(words[0]))
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
