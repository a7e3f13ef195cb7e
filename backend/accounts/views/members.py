"""Oneself and other members."""

from typing import Any

from django.contrib.auth import logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import serializers
from accounts.actions.delete_account import delete_account
from accounts.actions.edit_profile import edit_profile
from accounts.models import User
from accounts.people import Person
from accounts.problems import NotFound
from accounts.selectors import member_by_username, profile_of, search_members
from accounts.signed_in import actor_of
from accounts.snapshots import with_cursor


class MemberNotFound(NotFound):
    """There is no such member."""


class MeView(APIView):
    """`GET me/`: also gives the CSRF cookie, with a 401 too, so that a browser can sign in after it. `DELETE me/` asks
    for the password once more."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        get_token(request._request)
        super().initial(request, *args, **kwargs)

    @extend_schema(responses={200: serializers.MeAnswer})
    @with_cursor
    def get(self, request: Request) -> Response:
        return Response(serializers.me(actor_of(request)))

    @extend_schema(request={"application/json": serializers.PasswordForm}, responses={204: None})
    def delete(self, request: Request) -> Response:
        form = serializers.PasswordForm(data=request.data)
        form.is_valid(raise_exception=True)
        delete_account(request._request, actor=actor_of(request), password=form.validated_data["password"])
        logout(request._request)
        return Response(status=204)


class ProfileView(APIView):
    """`PATCH profile/`"""

    @extend_schema(request=serializers.ProfileForm, responses={200: serializers.MeAnswer})
    def patch(self, request: Request) -> Response:
        return _edit(request)


class OwnProfileView(APIView):
    """`PUT profile/<id>/`, which clients use with their own profile's id. What they leave out stays as it is."""

    @extend_schema(request=serializers.ProfileForm, responses={200: serializers.MeAnswer})
    def put(self, request: Request, profile_id: int) -> Response:
        if profile_of(actor_of(request)).pk != profile_id:
            raise NotFound
        return _edit(request)


def _edit(request: Request) -> Response:
    form = serializers.ProfileForm(data=request.data)
    form.is_valid(raise_exception=True)
    return Response(serializers.me(edit_profile(actor=actor_of(request), changes=form.validated_data)))


class SearchView(APIView):
    """`GET search/?q=`"""

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description="Letters of a name; under two, the newest members.")],
        responses={200: serializers.FoundAnswer(many=True)},
    )
    def get(self, request: Request) -> Response:
        found = search_members(request.query_params.get("q", ""), but=actor_of(request))
        return Response([_found(user) for user in found])


def _found(user: User) -> dict[str, Any]:
    card = Person.of(user).card()
    return card | {"avatar": card["profile_picture"]}


class MemberView(APIView):
    """`GET users/<username>/`"""

    @extend_schema(responses={200: serializers.MemberAnswer})
    def get(self, request: Request, username: str) -> Response:
        user = member_by_username(username) if "\0" not in username else None
        if user is None or not user.is_active:
            raise MemberNotFound
        return Response(serializers.member(user, reader=actor_of(request)))
