"""The shapes of posts over REST."""

from typing import Any

import msgspec
from rest_framework import serializers

from accounts.converters import BIGGEST
from accounts.fields import PictureField, TextField
from accounts.serializers import CardAnswer

from .cards import PostCard
from .models import Post

MOST_CONTENT = 500


class PostIdField(serializers.IntegerField):
    """The id of something that may or may not exist."""

    def __init__(self) -> None:
        super().__init__(min_value=0, max_value=BIGGEST, required=False, allow_null=True, default=None)


class PostForm(serializers.Serializer[Any]):
    content = TextField(max_length=MOST_CONTENT, required=False, allow_blank=True, default="")
    media_url = PictureField(max_length=500, required=False, allow_blank=True, allow_null=True, default="")
    type = serializers.ChoiceField(choices=Post.Type.values, required=False, default=Post.Type.THOUGHTS.value)
    visibility = serializers.ChoiceField(
        choices=Post.Visibility.values, required=False, default=Post.Visibility.PUBLIC.value
    )
    parent_id = PostIdField()
    target_profile_id = PostIdField()
    reply_to_comment_id = PostIdField()
    mentioned_user_id = PostIdField()
    mentioned_username = TextField(max_length=150, required=False, allow_blank=True, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["media_url"] = attrs["media_url"] or ""
        if not (attrs["content"] or attrs["media_url"]):
            raise serializers.ValidationError({"content": ["Write something, or add a picture."]})
        return attrs


class EditForm(serializers.Serializer[Any]):
    content = TextField(max_length=MOST_CONTENT, required=False, allow_blank=True)
    media_url = PictureField(max_length=500, required=False, allow_blank=True, allow_null=True)
    type = serializers.ChoiceField(choices=Post.Type.values, required=False)
    visibility = serializers.ChoiceField(choices=Post.Visibility.values, required=False)

    def validate_media_url(self, value: str | None) -> str:
        return value or ""


class LikeForm(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=["like", "unlike"], required=False, allow_null=True, default=None)


class PostAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    author = CardAnswer()
    content = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(choices=Post.Type.values)
    media_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    parent = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    target_profile = CardAnswer(allow_null=True)
    reply_to_comment = serializers.IntegerField(allow_null=True)
    mentioned_user = CardAnswer(allow_null=True)
    reply_count = serializers.IntegerField()
    likes_count = serializers.IntegerField()
    comment_count = serializers.IntegerField()
    shares_count = serializers.IntegerField()
    is_liked = serializers.BooleanField()
    visibility = serializers.ChoiceField(choices=Post.Visibility.values)
    version = serializers.IntegerField(help_text="Rises with every change of a count; see `post_activity`.")


def post(row: Post) -> dict[str, Any]:
    """A post as its reader sees it. `is_liked` came with the row, or the post is new to everybody."""
    card = PostCard.of(row, is_liked=getattr(row, "is_liked", False))
    shown: dict[str, Any] = msgspec.to_builtins(card)
    return shown
