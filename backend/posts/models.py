"""Posts, and comments, which are posts with a parent.

Counts stand in the row they count for and change under its lock, by arithmetic in the database, so two hundred likes at
once come out right and a page of posts asks for nothing more. `version` rises with every change of a count; who watches a
post ignores what is older than what they have.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from accounts.models import User


class Post(models.Model):
    """A thought, a picture or a milestone; on the author's own page, or on the wall of `target_profile`.

    A comment's parent is always a post and never a comment: what a comment answers stands in `reply_to_comment`. A comment
    is visible to whom its post is visible.

    `withheld`: it was written on the wall of somebody who had blocked the author, who cannot tell; nobody else sees it.

    The last two columns are about telling the author of likes, which are collapsed: when that was last done, and whether
    a job is waiting to tell of more.
    """

    class Type(models.TextChoices):
        THOUGHTS = "thoughts"
        MEDIA = "media"
        MILESTONES = "milestones"

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        FRIENDS = "friends"

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts", db_index=False)
    content = models.TextField(max_length=500, blank=True)
    type = models.CharField(max_length=10, choices=Type, default=Type.THOUGHTS)
    media_url = models.CharField(max_length=500, blank=True)
    visibility = models.CharField(max_length=7, choices=Visibility, default=Visibility.PUBLIC)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="comments", db_index=False
    )
    reply_to_comment = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answers"
    )
    mentioned_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    target_profile = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="wall", db_index=False
    )
    withheld = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    likes_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    shares_count = models.PositiveIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=0)

    likes_told_at = models.DateTimeField(null=True, blank=True)
    likes_waiting = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["-id"], condition=Q(parent=None), name="posts_feed"),
            models.Index(fields=["author", "-id"], condition=Q(parent=None), name="posts_by_author"),
            models.Index(
                fields=["target_profile", "-id"],
                condition=Q(parent=None, target_profile__isnull=False),
                name="posts_on_wall",
            ),
            models.Index(fields=["parent", "-id"], condition=Q(parent__isnull=False), name="posts_comments"),
            models.Index(fields=["author"], name="posts_of"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} by {self.author_id}"


class Like(models.Model):
    """Somebody likes a post. `told`: the author knows. `gone`: taken back, and the author does not know that yet."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="likes")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="likes", db_index=False)
    told = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="posts_one_like")]
        indexes = [
            models.Index(fields=["post"], condition=Q(told=False) | Q(gone=True), name="posts_likes_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.post_id}"


class FanOut(models.Model):
    """How far the news of a post has got among its author's friends: everybody with an id up to `after` has it.

    `body` is the news, for a post that may be gone when its turn comes. The row goes when everybody has been told.
    """

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    post_id = models.BigIntegerField()
    type = models.CharField(max_length=64)
    body = models.TextField()
    after = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.type} of post {self.post_id} up to {self.after}"


def counted(**changes: int) -> dict[str, CombinedExpression]:
    """Values for `update()` that add to counts and raise the version."""
    return {name: F(name) + by for name, by in changes.items()} | {"version": F("version") + 1}
