"""The tables of the engine: one row a user, one row an entry.

Nothing outside `streams` reads or writes them. The entry's reference to its stream has no database constraint: a foreign key
would make every insert share-lock the one head row that every writer wants.
"""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


def new_epoch() -> str:
    """A fresh epoch: eight URL-safe characters, unlike any used before."""
    return secrets.token_urlsafe(6)


class Stream(models.Model):
    """One user's ordered, durable list. `floor ≤ cursor.seq ≤ head` in the same epoch means resumable."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="stream"
    )
    epoch = models.CharField(max_length=16, default=new_epoch)
    head = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"stream of {self.user_id} at {self.epoch}.{self.head}"


class Entry(models.Model):
    """One event at one position. `seq` is null from its commit until the next holder of the head lock numbers it."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    seq = models.BigIntegerField(null=True)
    type = models.CharField(max_length=64)
    body = models.TextField()
    created_at = models.DateTimeField()
    about_id = models.BigIntegerField(null=True)
    """Whose data the body carries besides its reader's, so that it can be redacted. More than one: see `Mention`."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="streams_one_entry_a_seq")]
        indexes = [
            models.Index(fields=["stream", "id"], condition=models.Q(seq__isnull=True), name="streams_unnumbered"),
            models.Index(fields=["created_at"], name="streams_by_age"),
            models.Index(fields=["about_id"], condition=models.Q(about_id__isnull=False), name="streams_about"),
        ]

    def __str__(self) -> str:
        return f"{self.type} at {self.stream_id}.{self.seq}"


class Job(models.Model):
    """Work to be done once its cause has committed. `due_at` is also the lease: a claimed job is due again when it ends."""

    kind = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    due_at = models.DateTimeField(db_index=True)
    attempts = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%H:%M:%S}"


class Ack(models.Model):
    """How far one login says it has applied its user's stream."""

    login_id = models.BigIntegerField(primary_key=True)
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, db_constraint=False)
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"login {self.login_id} at {self.epoch}.{self.seq}"


class Mention(models.Model):
    """Some entry of this stream carries data of this person, who is not the one its `about_id` names."""

    person_id = models.BigIntegerField()
    stream_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "stream_id"], name="streams_one_mention")]

    def __str__(self) -> str:
        return f"{self.person_id} in the stream of {self.stream_id}"


class Ending(models.Model):
    """A login, or all of a user's when `login_id` is null, has ended; written in the transaction that ended it.

    Gateways read these rows twice a second, so that sockets close although the hint was lost.
    """

    user_id = models.BigIntegerField()
    login_id = models.BigIntegerField(null=True)
    code = models.IntegerField()
    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"login {self.login_id or 'any'} of {self.user_id} ended"


class Question(models.Model):
    """Somebody asks every gateway what it knows of a user, and of one entry when `seq` is given (`manage.py stream explain`)."""

    user_id = models.BigIntegerField()
    seq = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"what became of {self.user_id}.{self.seq}?"


class Answer(models.Model):
    """What one gateway said."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    hub = models.CharField(max_length=64)
    known = models.JSONField()

    def __str__(self) -> str:
        return f"{self.hub} on {self.question_id}"
