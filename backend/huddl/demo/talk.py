"""What the demo people do all day: like, comment, answer, write to each other and, now and then, post something."""

import random

from accounts.models import User
from chat.actions.mark_read import mark_conversation_read
from chat.actions.send_message import send_message
from chat.selectors import conversations_of
from friends.selectors import friend_ids
from posts.actions.comment import comment
from posts.actions.like import like
from posts.actions.publish import publish
from posts.models import Post
from posts.selectors import feed

REMARKS = (
    "Ha!", "This made my morning.", "More of this, please.", "I have questions.", "Exactly.", "Tell us everything.",
    "Framed.", "How long did it take?", "I was there and it is true.", "Bring some on Friday.", "No notes.", "Again!",
    "And the rest of the story?", "My mother says the same.", "You cannot stop there.",
)  # fmt: skip
THOUGHTS = (
    "Coffee first, then opinions.", "The tram was early. I did not know it could be.", "Somebody is whistling the whole fugue.",
    "Found my other glove, in last year.", "A pigeon has moved into the workshop. It pays no rent.", "Nothing to report, gladly.",
    "The soup is better the second day. So am I.", "Today's plan had seven points. I kept the tea.",
)  # fmt: skip
WORDS = (
    "Are you awake?", "Guess what.", "I have the thing you asked for.", "Call me when you are back.", "Tomorrow at six?",
    "You will not believe this.", "Yes.", "Only if it does not rain.", "On my way.", "Save me a piece.", "Thank you, truly.",
    "Is that your dog in the picture?", "I am at the door.", "Later, the milk is boiling over.",
)  # fmt: skip
RECENT = 30


def talk_once(chance: random.Random, actor: User, cast: dict[int, User]) -> str:
    """One such act; what it was, in words."""
    posts = [post for post in feed(actor.pk)[:RECENT] if post.author_id in cast]
    others = [post for post in posts if post.author_id != actor.pk]
    kind = chance.choices(("like", "comment", "message", "post"), weights=(45, 22, 28, 5))[0]
    if kind == "message":
        return _write(chance, actor, cast)
    if kind == "post" or not others:
        publish(actor=actor, content=chance.choice(THOUGHTS))
        return f"{actor.username} posted"
    post = others[min(len(others) - 1, int(chance.expovariate(0.25)))]
    if kind == "like":
        liked = like(actor=actor, post_id=post.pk)
        return f"{actor.username} {'likes' if liked.is_liked else 'no longer likes'} a post of {post.author.username}"  # type: ignore[attr-defined]
    return _remark(chance, actor, post)


def _remark(chance: random.Random, actor: User, post: Post) -> str:
    said = list(post.comments.exclude(author=actor).order_by("-pk")[:3])
    if said and chance.random() < 0.5:
        answered = chance.choice(said)
        comment(actor=actor, parent_id=post.pk, reply_to_id=answered.pk, content=chance.choice(REMARKS))
        return f"{actor.username} answered {answered.author.username}"
    comment(actor=actor, parent_id=post.pk, content=chance.choice(REMARKS))
    return f"{actor.username} commented on a post of {post.author.username}"


def _write(chance: random.Random, actor: User, cast: dict[int, User]) -> str:
    """Answer somebody who waits, else write to a friend."""
    waiting = [side.other for side in conversations_of(actor).filter(unread__gt=0) if side.other_id in cast]
    friends = [cast[one] for one in sorted(set(friend_ids(actor.pk)) & cast.keys())]
    if not waiting and not friends:
        return ""
    other = chance.choice(waiting or friends)
    mark_conversation_read(actor=actor, other_id=other.pk)
    send_message(actor=actor, receiver_id=other.pk, content=chance.choice(WORDS))
    return f"{actor.username} wrote to {other.username}"
