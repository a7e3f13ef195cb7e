"""`manage.py seed_large`: a database as large as a grown network's, for looking at plans and timing pages.

Everything is made inside PostgreSQL by `generate_series`, so two million entries take a minute and not a night. What is
made is skewed as life is: some people write more than others, one person is everybody's friend, one conversation is long.
The counts stand in the rows that keep them, so the seeded rows obey the same rules as those that actions make.
"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

PEOPLE = """
INSERT INTO accounts_user (username, email, first_name, last_name, password, is_superuser, is_staff, is_active, date_joined)
SELECT 'large' || n, 'large' || n || '@example.com', 'Large', 'No ' || n, '!', false, false, true, now()
  FROM generate_series(1, %(people)s) n ON CONFLICT DO NOTHING"""
PROFILES = """
INSERT INTO accounts_profile (user_id, bio, avatar, location, website, created_at, updated_at)
SELECT id, '', '', '', '', now(), now() FROM large ON CONFLICT DO NOTHING"""
LARGE = """
CREATE TEMPORARY TABLE large ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user WHERE username ~ '^large[0-9]+$'"""
FRIENDS = """
INSERT INTO friends_friendship (low_id, high_id, created_at)
SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id), now()
  FROM large a CROSS JOIN generate_series(1, %(friends)s) k
  JOIN large b ON b.n = 1 + (a.n * 7919 + k::bigint * k * 104729) %% %(people)s
 WHERE a.id <> b.id
ON CONFLICT DO NOTHING"""
POPULAR = """
INSERT INTO friends_friendship (low_id, high_id, created_at)
SELECT least(a.id, b.id), greatest(a.id, b.id), now() FROM large a JOIN large b ON a.n = 1 AND b.n BETWEEN 2 AND 5001
ON CONFLICT DO NOTHING"""
POSTS = """
INSERT INTO posts_post (author_id, content, type, media_url, visibility, parent_id, withheld, created_at, updated_at,
                        likes_count, comment_count, answer_count, shares_count, version, likes_waiting)
SELECT large.id, 'Post number ' || k, 'thoughts', '', CASE WHEN k %% 3 = 0 THEN 'friends' ELSE 'public' END, NULL, false,
       now() - (%(posts)s - k) * interval '1 minute', now(), 0, 0, 0, 0, 0, false
  FROM (SELECT k, 1 + floor(power(random(), 2) * %(people)s)::bigint AS n FROM generate_series(1, %(posts)s) k) chosen
  JOIN large ON large.n = chosen.n ORDER BY k"""
COMMENTS = """
INSERT INTO posts_post (author_id, content, type, media_url, visibility, parent_id, withheld, created_at, updated_at,
                        likes_count, comment_count, answer_count, shares_count, version, likes_waiting)
SELECT large.id, 'Comment ' || k, 'thoughts', '', 'public', post.id, false, now(), now(), 0, 0, 0, 0, 0, false
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS k FROM posts_post WHERE parent_id IS NULL) post
  JOIN large ON large.n = 1 + (post.k * 31) %% %(people)s"""
LIKES = """
INSERT INTO posts_like (user_id, post_id, told, gone, created_at)
SELECT large.id, post.id, true, false, now()
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS k FROM posts_post WHERE parent_id IS NULL) post
 CROSS JOIN generate_series(1, 2) j
  JOIN large ON large.n = 1 + (post.k * 17 + j * 911) %% %(people)s
ON CONFLICT DO NOTHING"""
COUNTS = """
UPDATE posts_post SET likes_count = likes.n, comment_count = comments.n
  FROM (SELECT post_id, count(*) AS n FROM posts_like GROUP BY post_id) likes
  JOIN (SELECT parent_id, count(*) AS n FROM posts_post WHERE parent_id IS NOT NULL GROUP BY parent_id) comments
    ON comments.parent_id = likes.post_id
 WHERE posts_post.id = likes.post_id"""
MESSAGES = """
INSERT INTO chat_message (sender_id, receiver_id, low, high, content, withheld, created_at)
SELECT a.id, b.id, least(a.id, b.id), greatest(a.id, b.id), 'Message ' || k, false,
       now() - (%(messages)s - k) * interval '1 second'
  FROM generate_series(1, %(messages)s) k
  JOIN large a ON a.n = CASE WHEN k %% 100 = 0 THEN 1 ELSE 1 + (k::bigint * 7919) %% %(people)s END
  JOIN large b ON b.n = CASE WHEN k %% 100 = 0 THEN 2 ELSE 1 + (k::bigint * 104729 + k / %(people)s) %% %(people)s END
 WHERE a.id <> b.id"""
SIDES = """
INSERT INTO chat_conversation (owner_id, other_id, last_message_id, unread, read_up_to, seen_up_to, delivered_up_to)
SELECT owner_id, other_id, max(id), 0, max(id), max(id), max(id)
  FROM (SELECT sender_id AS owner_id, receiver_id AS other_id, id FROM chat_message
        UNION ALL SELECT receiver_id, sender_id, id FROM chat_message) side
 GROUP BY owner_id, other_id
ON CONFLICT DO NOTHING"""
STREAMS = """
INSERT INTO streams_stream (user_id, epoch, head, floor)
SELECT id, 'large', %(entries)s / %(people)s, 0 FROM large ON CONFLICT DO NOTHING"""
ENTRIES = """
INSERT INTO streams_entry (stream_id, seq, type, body, created_at)
SELECT large.id, k, 'post_like',
       '{"at":"2026-11-23T06:20:01.123456Z","type":"redacted"}', now() - (1000 - k %% 1000) * interval '1 minute'
  FROM large CROSS JOIN generate_series(1, %(entries)s / %(people)s) k ON CONFLICT DO NOTHING"""
INBOX = """
INSERT INTO notifications_inboxrow (user_id, first, last, type, target, link, deed, actors, count, at, seen, read, archived)
SELECT large.id, k, k, 'post_like', 'post:' || k, '/posts/' || k, ' liked your post',
       '[{"id": 1, "username": "large1", "first_name": "Large", "last_name": "No 1", "profile_picture": null}]',
       1, now(), k %% 20 <> 0, k %% 20 <> 0, false
  FROM large CROSS JOIN generate_series(1, %(inbox)s / %(people)s) k ON CONFLICT DO NOTHING"""


class Command(BaseCommand):
    help = "Fill a PostgreSQL database with a grown network's data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=50_000)
        parser.add_argument("--friends", type=int, default=15, help="of each person, before doubles")
        parser.add_argument("--posts", type=int, default=100_000)
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--entries", type=int, default=2_000_000)
        parser.add_argument("--inbox", type=int, default=1_000_000, help="rows in everybody's inboxes together")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("seed_large needs PostgreSQL: set DATABASE_URL.")
        sizes = {name: options[name] for name in ("people", "friends", "posts", "messages", "entries", "inbox")}
        steps = {
            "people": (PEOPLE,),
            "friends": (LARGE, PROFILES, FRIENDS, POPULAR),
            "posts": (LARGE, POSTS, COMMENTS, LIKES, COUNTS),
            "messages": (LARGE, MESSAGES, SIDES),
            "entries": (LARGE, STREAMS, ENTRIES),
            "inbox": (LARGE, INBOX),
        }
        for name, statements in steps.items():
            began = time.monotonic()
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement, sizes)
            self.stdout.write(f"{name}: {time.monotonic() - began:.1f} s")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")
