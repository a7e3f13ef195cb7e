"""The REST doors of posts. They parse, call one action or selector, and shape the answer."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.paging import PAGE_PARAMETERS, page_of, page_response
from accounts.selectors import active_member, member_by_username
from accounts.signed_in import actor_of
from accounts.snapshots import with_cursor

from . import serializers
from .actions.comment import comment
from .actions.delete import delete
from .actions.edit import edit
from .actions.like import like
from .actions.publish import publish
from .actions.share import share
from .errors import PostNotFound
from .models import Post
from .selectors import feed, page_of_member, post_for, replies

MOST_POSTS = 100


class PostsView(APIView):
    """`GET posts/`: the newest first. `POST posts/`: a post or, with a `parent_id`, a comment."""

    throttle_scope = {"POST": "post"}
    may_be_absent = True

    @extend_schema(
        parameters=[*PAGE_PARAMETERS, OpenApiParameter("username", str, description="This person's posts and wall.")],
        responses={200: serializers.PostAnswer(many=True)},
    )
    @with_cursor
    def get(self, request: Request) -> Response:
        me = actor_of(request)
        name = request.query_params.get("username")
        rows = feed(me.pk)
        if name is not None:
            member = None if "\0" in name else member_by_username(name)
            rows = page_of_member(me.pk, member) if member is not None else rows.none()
        found, following = page_of(request, rows, most=MOST_POSTS)
        return page_response([serializers.post(row) for row in found], following)

    @extend_schema(request=serializers.PostForm, responses={201: serializers.PostAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.PostForm(data=request.data)
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        mentioned = _mentioned(asked["mentioned_user_id"], asked["mentioned_username"])
        words = {name: asked[name] for name in ("content", "media_url", "type")}
        written: Post
        if asked["parent_id"] is not None:
            written = comment(
                actor=actor_of(request),
                parent_id=asked["parent_id"],
                reply_to_id=asked["reply_to_comment_id"],
                mentioned=mentioned,
                **words,
            )
        else:
            written = publish(
                actor=actor_of(request),
                wall_of=asked["target_profile_id"],
                visibility=asked["visibility"],
                mentioned=mentioned,
                **words,
            )
        return Response(serializers.post(written), status=201)


def _mentioned(user_id: int | None, username: str | None) -> User | None:
    """Whom a client names as spoken to; nobody, when there is nobody of that id or name."""
    if user_id is not None:
        return active_member(user_id)
    return member_by_username(username) if username else None


class PostView(APIView):
    """`GET`, `PATCH` and `DELETE posts/<id>/`"""

    @extend_schema(responses={200: serializers.PostAnswer})
    @with_cursor
    def get(self, request: Request, post_id: int) -> Response:
        found = post_for(actor_of(request).pk, post_id)
        if found is None:
            raise PostNotFound
        return Response(serializers.post(found))

    @extend_schema(request=serializers.EditForm, responses={200: serializers.PostAnswer})
    def patch(self, request: Request, post_id: int) -> Response:
        form = serializers.EditForm(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(
            serializers.post(edit(actor=actor_of(request), post_id=post_id, changes=form.validated_data))
        )  # fmt: skip

    @extend_schema(responses={204: None})
    def delete(self, request: Request, post_id: int) -> Response:
        delete(actor=actor_of(request), post_id=post_id)
        return Response(status=204)


class RepliesView(APIView):
    """`GET posts/<id>/replies/`: a page of the newest, the oldest of them first."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.PostAnswer(many=True)})
    @with_cursor
    def get(self, request: Request, post_id: int) -> Response:
        me = actor_of(request)
        about = post_for(me.pk, post_id)
        if about is None:
            raise PostNotFound
        found, following = page_of(request, replies(me.pk, about), most=MOST_POSTS)
        return page_response([serializers.post(row) for row in reversed(found)], following)


class LikeView(APIView):
    """`POST posts/<id>/like/`: idempotent with an `action`, a toggle without."""

    throttle_scope = "like"

    @extend_schema(request=serializers.LikeForm, responses={200: serializers.PostAnswer})
    def post(self, request: Request, post_id: int) -> Response:
        form = serializers.LikeForm(data=request.data)
        form.is_valid(raise_exception=True)
        liked = like(actor=actor_of(request), post_id=post_id, action=form.validated_data["action"])
        return Response(serializers.post(liked))


class ShareView(APIView):
    """`POST posts/<id>/share/`"""

    throttle_scope = "like"

    @extend_schema(request=None, responses={200: serializers.PostAnswer})
    def post(self, request: Request, post_id: int) -> Response:
        return Response(serializers.post(share(actor=actor_of(request), post_id=post_id)))
