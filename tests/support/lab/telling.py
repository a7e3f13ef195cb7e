"""A note that a worker carries to everybody it is for, a chunk of people at a time, as the product's own posts are.

A job that runs a second time finds its chunk's mark and does nothing, as `posts.fan_out` does.
"""

import json
import time

from streams.jobs import job
from streams.record import recording

CHUNK = 500
MARK = "told."


def register() -> None:
    """Make the job known. Models are loaded by then."""
    job("lab.tell")(tell)


def tell(*, key: str, writer: int, number: int, after: int, pause: float) -> None:
    """Tell the next chunk, after a pause, and have the rest told."""
    time.sleep(pause)
    from django.contrib.sessions.models import Session

    from .views import NEVER, PREFIX, Note

    with recording() as log:
        everybody = json.loads(Session.objects.get(pk=PREFIX + key).session_data)
        mark = f"{MARK}{after}.{key}"
        if Session.objects.filter(pk=mark).exists():
            return
        Session.objects.create(session_key=mark, session_data="", expire_date=NEVER)
        log.add(everybody[after : after + CHUNK], Note(key=key, writer=writer, number=number))
        if after + CHUNK < len(everybody):
            log.enqueue("lab.tell", key=key, writer=writer, number=number, after=after + CHUNK, pause=pause)
