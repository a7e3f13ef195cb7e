"""The REST doors of chat. They parse, call one action or selector, and shape the answer."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.converters import BIGGEST
from accounts.paging import PAGE_PARAMETERS, PageForm, page_of, page_response
from accounts.signed_in import actor_of, device_of
from accounts.snapshots import with_cursor
from notifications.models import Fetched

from . import serializers
from .actions.mark_read import mark_conversation_read, mark_read
from .actions.send_message import send_message
from .selectors import conversations_of, messages_between, side_of, side_with, with_people

MOST_MESSAGES = 100
MOST_CONVERSATIONS = 10_000


class MessagesView(APIView):
    """`POST messages/`: 201, and 200 when this `client_id` has been sent before."""

    throttle_scope = "message"
    may_be_absent = True

    @extend_schema(
        request=serializers.MessageForm,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="As `client_id`.")],
        responses={200: serializers.MessageAnswer, 201: serializers.MessageAnswer},
    )
    def post(self, request: Request) -> Response:
        form = serializers.MessageForm(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        client_id = asked["client_id"] or _idempotency_key(request)
        me = actor_of(request)
        sent = send_message(
            actor=me, receiver_id=asked["receiver_id"], content=asked["content"], client_id=client_id
        )  # fmt: skip
        side = side_of(me, sent.message.receiver_id) if sent.repeated else None
        return Response(serializers.message(sent.message, side=side), status=200 if sent.repeated else 201)


def _idempotency_key(request: Request) -> str | None:
    """The header's value, quoted or not (draft-ietf-httpapi-idempotency-key-header)."""
    key: str = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if len(key) > 100 or not key.isprintable():
        raise ValidationError({"Idempotency-Key": ["At most 100 printable characters."]})
    return key or None


class ConversationsView(APIView):
    """`GET messages/conversations/`: the newest first."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.ConversationAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        form = PageForm(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        limit = min(form.validated_data.get("limit", MOST_CONVERSATIONS), MOST_CONVERSATIONS)
        me = actor_of(request)
        rows = conversations_of(me)
        if "before" in form.validated_data:
            rows = rows.filter(last_message_id__lt=form.validated_data["before"])
        found = list(rows[: limit + 1])
        following = None
        if len(found) > limit:
            found = found[:limit]
            query = request.query_params.copy()
            query["before"], query["limit"] = str(found[-1].last_message_id), str(limit)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return page_response([serializers.conversation(row, owner=me) for row in found], following)


class ConversationView(APIView):
    """`GET messages/conversation/<user_id>/`: a page of the newest, the oldest of them first."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.MessageAnswer(many=True)})
    @with_cursor
    def get(self, request: Request, user_id: int) -> Response:
        me = actor_of(request)
        rows, following = page_of(request, messages_between(me, user_id), most=MOST_MESSAGES)
        side = side_with(me, user_id) if rows else None
        if side is not None:
            with_people(rows, me, side.other)
        if rows and "before" not in request.query_params:
            Fetched.note(device_of(request), f"messages:{user_id}", rows[0].pk)
        return page_response([serializers.message(row, side=side) for row in reversed(rows)], following)


class ReadConversationView(APIView):
    """`POST messages/conversation/<user_id>/read/`: everything, or up to a message."""

    @extend_schema(request=serializers.ReadForm, responses={200: serializers.MarkedAnswer})
    def post(self, request: Request, user_id: int) -> Response:
        form = serializers.ReadForm(data=request.data)
        form.is_valid(raise_exception=True)
        return _marked(mark_conversation_read(actor=actor_of(request), other_id=user_id, **form.validated_data))


class ReadAllView(APIView):
    """`POST messages/read_all/?user_id=`: what this person wrote; without it, what anybody did."""

    @extend_schema(
        request=None,
        parameters=[OpenApiParameter("user_id", int, description="Whose messages; everybody's when left out.")],
        responses={200: serializers.MarkedAnswer},
    )
    def post(self, request: Request) -> Response:
        me = actor_of(request)
        asked = request.query_params.get("user_id")
        if asked is None:
            others = list(conversations_of(me).filter(unread__gt=0).values_list("other_id", flat=True))
            return _marked(sum(mark_conversation_read(actor=me, other_id=other) for other in others))
        if not (asked.isascii() and asked.isdigit() and len(asked) < 20 and int(asked) <= BIGGEST):
            raise ValidationError({"user_id": ["A valid integer is required."]})
        return _marked(mark_conversation_read(actor=me, other_id=int(asked)))


class ReadView(APIView):
    """`PATCH messages/<id>/read/`: the receiver only."""

    @extend_schema(request=None, responses={200: serializers.MessageAnswer})
    def patch(self, request: Request, message_id: int) -> Response:
        me = actor_of(request)
        read = mark_read(actor=me, message_id=message_id)
        return Response(serializers.message(read, side=side_of(me, read.sender_id)))


def _marked(count: int) -> Response:
    answer: dict[str, Any] = {"marked_read": count}
    return Response(answer)
