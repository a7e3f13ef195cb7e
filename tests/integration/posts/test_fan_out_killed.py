"""A post for thirteen hundred friends, and kill -9 in the middle of telling them: each is told, and told once."""

import time

import pytest

from tests.support.product import Launch, Product

FRIENDS = 1_300
BEFRIEND = """
from accounts.models import User
from friends.models import Friendship
first, *rest = User.objects.order_by("pk")
Friendship.objects.bulk_create(Friendship(low=first, high=one) for one in rest)
"""
TOLD = """
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT COUNT(*), COUNT(DISTINCT stream_id) FROM streams_entry WHERE type = 'new_post'")
print(*cursor.fetchone())
"""


def told(product: Product) -> tuple[int, int]:
    """How many entries tell of a post, and in how many streams."""
    entries, streams = product.manage("shell", "-v", "0", "-c", TOLD).split()[-2:]
    return int(entries), int(streams)


@pytest.mark.timeout(240)
def test_a_killed_worker_leaves_nobody_out_and_tells_nobody_twice(launch: Launch) -> None:
    product = launch(people=FRIENDS + 1)
    product.manage("shell", "-v", "0", "-c", BEFRIEND)
    author = product.person(0)
    began = time.monotonic()
    answer = author.rest.post("/api/posts/", json={"content": "to everybody"})
    assert answer.status_code == 201
    assert time.monotonic() - began < 2
    time.sleep(0.3)
    product.servers[0].kill()
    product.servers[0].start()
    deadline = time.monotonic() + 60  # a lease of the killed worker may have to run out
    while told(product)[1] < FRIENDS + 1 and time.monotonic() < deadline:
        time.sleep(1)
    assert told(product) == (FRIENDS + 1, FRIENDS + 1)
