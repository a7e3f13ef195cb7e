"""People and the devices they are signed in on.

A device is one login: the session cookie, the refresh token and every access token of it carry its id, so ending it
ends all of them at once, and a socket's right to live is one indexed row.
"""

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower


class User(AbstractUser):
    """A member. `username` and `email` are unique whatever their case; `@` stays free for mentions and addresses."""

    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[
            RegexValidator(r"\A\w(?:[\w.+-]*\w)?\Z", "A username has letters, digits and _, and . + - between them."),
        ],
    )
    email = models.EmailField(unique=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_username_ci"),
            models.UniqueConstraint(Lower("email"), name="accounts_email_ci"),
        ]


class Profile(models.Model):
    """What a member tells of themselves. Made with the member, so it is never missing."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    bio = models.TextField(max_length=500, blank=True)
    avatar = models.CharField(max_length=500, blank=True)
    location = models.CharField(max_length=100, blank=True)
    website = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class Device(models.Model):
    """One login of one member. Deleted when it ends; what names a missing device is signed out.

    `refresh_jti` is the id of the one refresh token that is good; empty for a login that has a cookie only.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True, null=True, blank=True)
    refresh_jti = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"device {self.pk} of {self.user_id}"


class Block(models.Model):
    """`blocker` wants nothing from `blocked`, who is never told."""

    blocker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="blocks_received")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blocker", "blocked"], name="accounts_one_block")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
