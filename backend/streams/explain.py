"""Did she get it? What became of an entry: committed, hinted, written to which connection, acknowledged, or why not.

The tables know the beginning and the end of the story; the middle is in the memories of the gateways, which are asked by a row
and answer by rows within a second or so. Nothing here touches delivery.

May import: models, read.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models.functions import Now

from .models import Answer, Entry, Question
from .read import Acked, Position, acks, positions

WAIT = 2.2
"""Seconds within which a gateway that lives has answered: it looks once a second."""
KEPT = timedelta(minutes=10)


def questions_after(number: int) -> list[Question]:
    """Questions of the last half minute with larger numbers, in their order."""
    return list(Question.objects.filter(pk__gt=number, at__gt=Now() - timedelta(seconds=30)).order_by("pk"))


def answer_question(question: Question, *, hub: str, known: dict[str, Any]) -> None:
    """Write down what a gateway knows."""
    Answer.objects.create(question_id=question.pk, hub=hub, known=known)


def ask(user_id: int, seq: int | None = None, *, wait: float = WAIT) -> dict[str, dict[str, Any]]:
    """What the gateways know, by their names. Takes as long as it waits: who does not answer cannot be counted."""
    Question.objects.filter(at__lt=Now() - KEPT).delete()
    question = Question.objects.create(user_id=user_id, seq=seq)
    time.sleep(wait)
    return {one.hub: one.known for one in question.answers.order_by("hub")}


@dataclass(slots=True)
class Story:
    """What became of one entry. `lines` are (when, what), `verdict` is one sentence."""

    user_id: int
    seq: int
    lines: list[tuple[datetime | None, str]] = field(default_factory=list)
    verdict: str = ""

    def tell(self, at: float | datetime | None, what: str) -> None:
        """Add a line."""
        self.lines.append((datetime.fromtimestamp(at, UTC) if isinstance(at, float | int) else at, what))


def explain(user_id: int, seq: int, *, known: dict[str, dict[str, Any]]) -> Story:
    """The story of the entry `seq` of a user's stream, from the tables and what the gateways said (`ask`)."""
    story = Story(user_id, seq)
    position = positions([user_id])[user_id]
    entry = Entry.objects.filter(stream_id=user_id, seq=seq).first()
    if entry is None:
        story.verdict = _missing(user_id, seq, position)
        return story
    story.tell(entry.created_at, f"committed as {entry.type} at {position.epoch}.{seq}")
    written = [_told_by(story, hub, seq, what) for hub, what in known.items()]
    acked = acks([user_id])[user_id]
    for one in acked:
        has = "has it" if one.seq >= seq else "has not said that it has it"
        story.tell(one.at, f"login {one.login_id} acknowledged up to {one.seq}: {has}")
    story.verdict = _verdict(seq, known=known, written=any(written), acked=acked)
    story.lines.sort(key=lambda line: line[0] or datetime.max.replace(tzinfo=UTC))
    return story


def _missing(user_id: int, seq: int, position: Position) -> str:
    if seq > position.head:
        waiting = Entry.objects.filter(stream_id=user_id, seq=None).count()
        return f"The stream ends at {position.head}; {waiting} committed entries wait for their number."
    if seq <= position.floor:
        return f"Trimmed: the kept log begins after {position.floor}. A client that had not taken it was reset."
    return "Missing above the floor. This must not be: restore, then `manage.py stream rotate`."


def _told_by(story: Story, hub: str, seq: int, known: dict[str, Any]) -> bool:
    """Add what one gateway knows; whether it has written the entry to anybody."""
    hints = known["hints"]
    for at in hints:
        story.tell(at, f"gateway {hub} heard the hint")
    if not hints and known["connections"]:
        story.tell(None, f"gateway {hub} remembers no hint of it; those for many people at once are not kept")
    written = False
    came: dict[int, int] = {}
    for line in known["lines"]:
        name = f"connection {hub}-{line['connection']} ({line['door']}, login {line['login_id']})"
        if line["what"] == "came":
            came[line["connection"]] = line["sent"]
            story.tell(line["at"], f"{name} came and stood at {line['sent']}")
        elif line["what"] == "page" and line["since"] < seq <= line["sent"]:
            came.pop(line["connection"], None)
            written = True
            story.tell(line["at"], f"written to {name} in a page read from the table")
        elif line["what"] == "gone":
            got = came.get(line["connection"], seq) < seq <= line["sent"]
            written = written or got
            story.tell(line["at"], f"{name} ended, having been sent up to {line['sent']}")
    for one in known["connections"]:
        name = f"connection {hub}-{one['connection']} ({one['door']}, login {one['login_id']})"
        if one["sent"] < seq:
            behind = f", and has not read for {one['behind_for']:.0f} s" if one["behind_for"] is not None else ""
            story.tell(None, f"not written to {name}: it is {one['state']} at {one['sent']}{behind}")
        elif came.get(one["connection"], seq) < seq:
            written = True
            story.tell(hints[0] if hints else None, f"written to {name} as it came")
    return written


def _verdict(seq: int, *, known: dict[str, dict[str, Any]], written: bool, acked: list[Acked]) -> str:
    got = [one.login_id for one in acked if one.seq >= seq]
    connections = sum(len(what["connections"]) for what in known.values())
    if got:
        return f"Got it: acknowledged by login {', '.join(map(str, got))}."
    if written:
        return "Written to a connection, not acknowledged yet."
    if not known:
        return "No gateway answered, so only the tables are told; not acknowledged."
    if not connections:
        return "Nobody of theirs is connected; it waits in the table for the next who resumes."
    return "Connected, and not written as far as the gateways remember."
