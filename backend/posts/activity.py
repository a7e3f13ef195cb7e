"""Tell whoever looks at a post how its counts stand now. Ephemeral: the version says which of two frames is newer."""

import msgspec
from django.db import transaction

from streams.bus import publish_whisper

_encode = msgspec.json.Encoder().encode


class PostActivity(msgspec.Struct, frozen=True, tag="post_activity"):
    """The frame."""

    post_id: int
    likes: int
    comments: int
    version: int


def publish_activity(post_id: int, *, likes: int, comments: int, version: int) -> None:
    """Send the counts to the watchers of a post once the current transaction has committed."""
    frame = _encode(PostActivity(post_id=post_id, likes=likes, comments=comments, version=version))
    # robust: nobody's like fails because nobody could be told.
    transaction.on_commit(lambda: publish_whisper(frame, topic=f"post:{post_id}"), robust=True)
