"""On a database large enough to have a choice, PostgreSQL reads no page by going through a whole table.

The full size (100,000 posts, 1,000,000 messages, 2,000,000 entries) is `manage.py seed_large` without arguments; the plans
are the same, a tenth of it is seeded in seconds.
"""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from posts.models import Post
from tests.support.people import client_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's"),
    pytest.mark.timeout(240),
]

LARGE = {
    "posts_post",
    "posts_like",
    "chat_message",
    "chat_conversation",
    "notifications_inboxrow",
    "streams_entry",
    "friends_friendship",
}
SIZES = {"people": 4_000, "friends": 10, "posts": 12_000, "messages": 60_000, "entries": 80_000, "inbox": 40_000}


def plans_of(user: User, path: str) -> list[str]:
    """How PostgreSQL goes about every query of one page."""
    client = client_of(user)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    found: list[str] = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN " + query["sql"])
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


def test_no_page_reads_a_whole_table() -> None:
    call_command("seed_large", **SIZES, stdout=StringIO())
    post = Post.objects.filter(parent=None, visibility="public").latest("pk").pk
    two = User.objects.get(username="large2").pk
    paths = [
        "/api/posts/",
        f"/api/posts/?before={post // 2}&limit=20",
        f"/api/posts/{post}/",
        f"/api/posts/{post}/replies/",
        "/api/messages/conversations/",
        f"/api/messages/conversation/{two}/",
        "/api/notifications/",
        "/api/notifications/?filter=mentions",
        "/api/notifications/counts/",
        "/api/friends/?limit=100",
    ]
    for name in ("large1", "large500"):  # one with thousands of friends, one with a few
        user = User.objects.get(username=name)
        for path in [*paths, f"/api/posts/?username={name}"]:
            for plan in plans_of(user, path):
                scanned = set(re.findall(r"Seq Scan on (\w+)", plan))
                assert not scanned & LARGE, (name, path, plan)
