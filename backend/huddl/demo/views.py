"""`/api/demo/`: who there is to try, tokens for them without a password, and the scene put back.

404 when demo mode is off.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actions.sign_in import sign_in_by_tokens
from accounts.fields import TextField
from accounts.models import Device, User
from accounts.people import Person
from accounts.problems import NotFound
from accounts.serializers import CardAnswer, PairAnswer

from .again import set_the_scene
from .cast import LEFT, RIGHT, people

DEVICE = "The demo"
VISIT = timedelta(hours=1)
"""How long a login of the demo lasts. Whoever stays longer is asked to begin again."""
KEPT_DEVICES = 50


class NotOfTheCast(NotFound):
    """There is no such demo person."""


class CastAnswer(serializers.Serializer[Any]):
    people = CardAnswer(many=True)
    left = serializers.CharField()
    right = serializers.CharField()


class TokensForm(serializers.Serializer[Any]):
    username = TextField(max_length=150)


class DemoView(APIView):
    """Open to everybody, where it exists at all."""

    authentication_classes = []
    permission_classes = [AllowAny]
    may_be_absent = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not settings.DEMO_MODE:
            raise Http404
        super().initial(request, *args, **kwargs)


class CastView(DemoView):
    """`GET demo/`"""

    @extend_schema(responses={200: CastAnswer})
    def get(self, request: Request) -> Response:
        cards = [Person.of(user).card() for user in people().values()]
        return Response({"people": cards, "left": LEFT, "right": RIGHT})


class TokensView(DemoView):
    """`POST demo/tokens/`: a login of its own, which leaves the visitor's session cookie alone."""

    @extend_schema(request=TokensForm, responses={200: PairAnswer})
    def post(self, request: Request) -> Response:
        form = TokensForm(data=request.data)
        form.is_valid(raise_exception=True)
        user = _character(form.validated_data["username"])
        pair = sign_in_by_tokens(user, name=DEVICE, lasts=VISIT)
        for device in user.devices.filter(name=DEVICE).order_by("-pk")[KEPT_DEVICES:]:
            Device.objects.filter(pk=device.pk).delete()
        return Response({"access": pair.access, "refresh": pair.refresh})


class AgainView(DemoView):
    """`POST demo/again/`"""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        set_the_scene(left=_character(LEFT), right=_character(RIGHT))
        return Response(status=204)


def _character(username: str) -> User:
    user = people().get(username)
    if user is None:
        raise NotOfTheCast
    return user
