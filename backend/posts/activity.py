"""Tell whoever looks at a post how its counts stand now. Ephemeral: the version says which of two frames is newer."""

import msgspec

from streams.bus import publish_whisper
from streams.record import Recorder

_encode = msgspec.json.Encoder().encode


class PostActivity(msgspec.Struct, frozen=True, tag="post_activity"):
    """The frame."""

    post_id: int
    likes: int
    comments: int
    version: int


def publish_activity(log: Recorder, post_id: int, *, likes: int, comments: int, version: int) -> None:
    """Send the counts to the watchers of a post once the current transaction has committed."""
    frame = _encode(PostActivity(post_id=post_id, likes=likes, comments=comments, version=version))
    log.then(lambda: publish_whisper(frame, topic=f"post:{post_id}"))
