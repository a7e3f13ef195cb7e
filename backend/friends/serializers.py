"""The shapes of friends over REST."""

from typing import Any

from rest_framework import serializers

from accounts.people import Person
from accounts.serializers import CardAnswer, PersonAnswer, WordsAnswer

from .models import FriendRequest
from .selectors import Suggestion


class FriendAnswer(CardAnswer):
    online = serializers.BooleanField()


class ReceivedAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    from_user = CardAnswer()
    created_at = serializers.DateTimeField()


class SentAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    to_user = CardAnswer()
    created_at = serializers.DateTimeField()


class AskedAnswer(WordsAnswer):
    """`request` waits; or `friend` is one now, because they had asked too."""

    request = SentAnswer(allow_null=True)
    friend = PersonAnswer(allow_null=True)


class SuggestionAnswer(CardAnswer):
    mutual_friends = serializers.IntegerField()


class AcceptedAnswer(PersonAnswer):
    message = serializers.CharField()
    friend = PersonAnswer()


def _moment(request: FriendRequest) -> str:
    return serializers.DateTimeField().to_representation(request.created_at)


def received(request: FriendRequest) -> dict[str, Any]:
    """A request as the one asked sees it."""
    return {"id": request.pk, "from_user": Person.of(request.from_user).card(), "created_at": _moment(request)}


def sent(request: FriendRequest) -> dict[str, Any]:
    """A request as its sender sees it, whatever has become of it."""
    return {"id": request.pk, "to_user": Person.of(request.to_user).card(), "created_at": _moment(request)}


def suggested(suggestion: Suggestion) -> dict[str, Any]:
    """Somebody the reader may know."""
    return {**Person.of(suggestion.user).card(), "mutual_friends": suggestion.mutual}
