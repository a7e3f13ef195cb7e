"""The REST doors of friends. They parse, call one action or selector, and shape the answer."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.paging import PAGE_PARAMETERS, page_of, page_response
from accounts.people import Person
from accounts.selectors import blocked_people
from accounts.serializers import CardAnswer, WordsAnswer
from accounts.signed_in import actor_of
from accounts.snapshots import with_cursor
from streams.presence import online

from . import serializers
from .actions.accept_request import accept_request
from .actions.block import block
from .actions.cancel_request import cancel_request
from .actions.decline_request import decline_request
from .actions.remove_friend import remove_friend
from .actions.send_request import send_request
from .actions.unblock import unblock
from .selectors import friend_in, friendships_of, requests_received, requests_sent, suggestions

MOST_FRIENDS = 5_000
MOST_REQUESTS = 500


class FriendsView(APIView):
    """`GET friends/`: the latest friend first."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.FriendAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        me = actor_of(request)
        rows, following = page_of(request, friendships_of(me.pk), most=MOST_FRIENDS)
        friends = [friend_in(row, me.pk) for row in rows]
        there = online(friend.id for friend in friends)
        return page_response([{**friend.card(), "online": friend.id in there} for friend in friends], following)


class ReceivedView(APIView):
    """`GET friends/requests/`: who has asked and waits."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.ReceivedAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        rows, following = page_of(request, requests_received(actor_of(request)), most=MOST_REQUESTS)
        return page_response([serializers.received(row) for row in rows], following)


class SentView(APIView):
    """`GET friends/requests/sent/`: whom one has asked."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: serializers.SentAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        rows, following = page_of(request, requests_sent(actor_of(request)), most=MOST_REQUESTS)
        return page_response([serializers.sent(row) for row in rows], following)


class SuggestionsView(APIView):
    """`GET friends/suggestions/`: friends of friends first."""

    @extend_schema(responses={200: serializers.SuggestionAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        return Response([serializers.suggested(one) for one in suggestions(actor_of(request))])


class AskView(APIView):
    """`POST friends/request/<user_id>/`"""

    throttle_scope = "friend_request"

    @extend_schema(request=None, responses={201: serializers.AskedAnswer})
    def post(self, request: Request, user_id: int) -> Response:
        asked = send_request(actor=actor_of(request), to_user_id=user_id)
        name = asked.to_user.username
        if asked.request is None:
            friend = Person.of(asked.to_user).bare()
            words = f"{name} had asked you too: you are friends now."
            return Response({"message": words, "request": None, "friend": friend}, status=201)
        words = f"Friend request sent to {name}."
        return Response({"message": words, "request": serializers.sent(asked.request), "friend": None}, status=201)


@extend_schema(request=None, responses={200: serializers.AcceptedAnswer, 201: serializers.AcceptedAnswer})
@api_view(["POST"])
def accept_friend_request(request: Request, request_id: int) -> Response:
    """`POST friends/accept/<request_id>/`: 201, and 200 when it had been accepted already."""
    accepted = accept_request(actor=actor_of(request), request_id=request_id)
    friend = Person.of(accepted.friend).bare()
    words = f"You and {accepted.friend.username} are friends now."
    return Response({**friend, "message": words, "friend": friend}, status=200 if accepted.repeated else 201)


@extend_schema(request=None, responses={200: WordsAnswer})
@api_view(["POST"])
def decline_friend_request(request: Request, request_id: int) -> Response:
    """`POST friends/decline/<request_id>/`: the sender is not told."""
    decline_request(actor=actor_of(request), request_id=request_id)
    return Response({"message": "Friend request declined."})


@extend_schema(responses={204: None})
@api_view(["DELETE"])
def cancel_friend_request(request: Request, user_id: int) -> Response:
    """`DELETE friends/cancel/<user_id>/`: takes one's own request to this person back."""
    cancel_request(actor=actor_of(request), to_user_id=user_id)
    return Response(status=204)


@extend_schema(responses={200: WordsAnswer})
@api_view(["DELETE"])
def end_friendship(request: Request, user_id: int) -> Response:
    """`DELETE friends/remove/<user_id>/`"""
    friend = remove_friend(actor=actor_of(request), friend_id=user_id)
    return Response({"message": f"You and {friend.username} are no longer friends."})


class BlocksView(APIView):
    """`GET auth/blocks/`: whom one has blocked."""

    @extend_schema(responses={200: CardAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        return Response([Person.of(user).card() for user in blocked_people(actor_of(request))])


class BlockView(APIView):
    """`POST` and `DELETE auth/blocks/<user_id>/`: whoever is blocked is not told."""

    @extend_schema(request=None, responses={201: CardAnswer})
    def post(self, request: Request, user_id: int) -> Response:
        return Response(Person.of(block(actor=actor_of(request), user_id=user_id)).card(), status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, user_id: int) -> Response:
        unblock(actor=actor_of(request), user_id=user_id)
        return Response(status=204)
