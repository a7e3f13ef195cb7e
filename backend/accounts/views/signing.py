"""Sign up, sign in, stay signed in, sign out."""

from typing import Any

from django.contrib.auth import logout
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotAuthenticated, UnsupportedMediaType, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import serializers
from accounts.actions.end_device import sign_out
from accounts.actions.refresh_tokens import device_of_refresh, refresh_tokens
from accounts.actions.sign_in import Pair, sign_in
from accounts.actions.sign_up import SignUpRefused, sign_up
from accounts.signed_in import device_of


class SignUpView(APIView):
    """`POST signup/`"""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "signup"

    @extend_schema(request=serializers.SignUpForm, responses={201: serializers.SignUpAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.SignUpForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            user = sign_up(**form.validated_data)
        except SignUpRefused as refused:
            raise ValidationError(refused.fields) from None
        shown = serializers.me(user)
        del shown["profile_picture"]
        return Response({"message": "Welcome to NUMENEON.", "user": shown}, status=201)


class LoginView(APIView):
    """`POST login/`: a stale `Authorization` header is ignored, or nobody who has one could ever sign in again."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "login"

    @extend_schema(request=serializers.LoginForm, responses={200: serializers.PairAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.LoginForm(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(_shown(sign_in(request._request, **form.validated_data)))


class RefreshView(APIView):
    """`POST token/refresh/`"""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "refresh"

    @extend_schema(request=serializers.RefreshForm, responses={200: serializers.PairAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.RefreshForm(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(_shown(refresh_tokens(**form.validated_data)))


class LogoutView(APIView):
    """`POST logout/`: ends the login of the token or cookie that asks, and that of a refresh token in the body."""

    permission_classes = [AllowAny]

    @extend_schema(request=serializers.LogoutForm, responses={200: serializers.WordsAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.LogoutForm(data=_body_if_any(request))
        form.is_valid(raise_exception=True)
        named = device_of_refresh(form.validated_data.get("refresh", ""))
        ending = [device for device in (device_of(request), named) if device is not None]
        if not ending:
            raise NotAuthenticated
        sign_out(ending)
        session: Any = request._request.session
        if session.session_key in {device.session_key for device in ending}:
            logout(request._request)
        return Response({"message": "You are signed out."})


def _body_if_any(request: Request) -> Any:
    """Whoever signs out need not send a body, and one in another format is no reason to stay signed in."""
    try:
        return request.data
    except UnsupportedMediaType:
        return {}


def _shown(pair: Pair) -> dict[str, str]:
    return {"access": pair.access, "refresh": pair.refresh}
