"""The REST doors of the inbox and of preferences. They parse, call one action or selector, and shape the answer."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.paging import PAGE_PARAMETERS, page_response
from accounts.people import Person
from accounts.selectors import members
from accounts.serializers import CardAnswer
from accounts.signed_in import actor_of
from accounts.snapshots import HEADER, at_one_cursor, with_cursor

from . import serializers
from .actions.change_preferences import change_preferences, mute
from .actions.mark import State, mark
from .models import InboxRow
from .selectors import Counts, counts_of, inbox_of
from .wishes import preferences_of

MOST_ROWS = 100


class InboxView(APIView):
    """`GET notifications/`: the rows, the latest first."""

    @extend_schema(
        parameters=[
            *PAGE_PARAMETERS,
            OpenApiParameter("filter", str, enum=["all", "mentions", "requests"]),
            OpenApiParameter("archived", bool, description="The archived ones instead."),
        ],
        responses={200: serializers.InboxAnswer},
    )
    @with_cursor
    def get(self, request: Request) -> Response:
        me = actor_of(request)
        form = serializers.InboxForm(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        limit = min(asked.get("limit", MOST_ROWS), MOST_ROWS)

        def read() -> tuple[list[InboxRow], Counts]:
            rows = inbox_of(me.pk, shelf=asked["filter"], archived=asked["archived"])
            if "before" in asked:
                rows = rows.filter(last__lt=asked["before"])
            return list(rows[: limit + 1]), counts_of(me.pk)

        cursor, (found, left) = at_one_cursor(me.pk, read)
        response = page_response([], self._following(request, found, limit))
        response[HEADER] = cursor
        response.data = {
            "unread": left.unread,
            "unseen": left.unseen,
            "cursor": cursor,
            "results": [serializers.row(one) for one in found[:limit]],
        }
        return response

    def _following(self, request: Request, found: list[Any], limit: int) -> str | None:
        if len(found) <= limit:
            return None
        query = request.query_params.copy()
        query["before"], query["limit"] = str(found[limit - 1].last), str(limit)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _left(counts: Counts) -> Response:
    return Response({"unread": counts.unread, "unseen": counts.unseen})


class SeenView(APIView):
    """`POST notifications/seen/`: opening the list makes seen."""

    state: ClassVar[State] = "seen"

    @extend_schema(request=serializers.MarkForm, responses={200: serializers.CountsAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.MarkForm(data=request.data)
        form.is_valid(raise_exception=True)
        return _left(mark(actor=actor_of(request), state=self.state, **form.validated_data))


class ReadView(SeenView):
    """`POST notifications/read/`: clicking makes read; without `ids` and `up_to`, everything is."""

    state: ClassVar[State] = "read"


class UnreadView(APIView):
    """`POST notifications/unread/`: takes a read mark back."""

    state: ClassVar[State] = "unread"

    @extend_schema(request=serializers.RowsForm, responses={200: serializers.CountsAnswer})
    def post(self, request: Request) -> Response:
        form = serializers.RowsForm(data=request.data)
        form.is_valid(raise_exception=True)
        return _left(mark(actor=actor_of(request), state=self.state, ids=form.validated_data["ids"]))


class ArchiveView(UnreadView):
    """`POST notifications/archive/`"""

    state: ClassVar[State] = "archived"


class UnarchiveView(UnreadView):
    """`POST notifications/unarchive/`"""

    state: ClassVar[State] = "unarchived"


class PreferencesView(APIView):
    """`GET` and `PATCH notifications/preferences/`"""

    @extend_schema(responses={200: serializers.PreferencesAnswer})
    @with_cursor
    def get(self, request: Request) -> Response:
        return Response(serializers.preferences(preferences_of(actor_of(request).pk)))

    @extend_schema(request=serializers.PreferencesForm, responses={200: serializers.PreferencesAnswer})
    def patch(self, request: Request) -> Response:
        form = serializers.PreferencesForm(data=request.data)
        form.is_valid(raise_exception=True)
        changed = change_preferences(actor=actor_of(request), **form.validated_data)
        return Response(serializers.preferences(changed))


class MuteView(APIView):
    """`PUT` and `DELETE notifications/muted/people/<id>/` and `…/muted/posts/<id>/`"""

    kind: str = "people"

    @extend_schema(request=None, responses={200: serializers.PreferencesAnswer})
    def put(self, request: Request, subject_id: int) -> Response:
        return self._set(request, subject_id, on=True)

    @extend_schema(responses={200: serializers.PreferencesAnswer})
    def delete(self, request: Request, subject_id: int) -> Response:
        return self._set(request, subject_id, on=False)

    def _set(self, request: Request, subject_id: int, *, on: bool) -> Response:
        changed = mute(actor=actor_of(request), kind=self.kind, subject_id=subject_id, on=on)
        return Response(serializers.preferences(changed))


class MutedView(APIView):
    """`GET notifications/muted/`: who is behind the ids of `muted_people`."""

    @extend_schema(responses={200: CardAnswer(many=True)})
    @with_cursor
    def get(self, request: Request) -> Response:
        people = members(preferences_of(actor_of(request).pk).muted_people)
        return Response([Person.of(user).card() for user in people])


class CountsView(APIView):
    """`GET notifications/counts/`: what the badges say."""

    @extend_schema(responses={200: serializers.CountsAnswer})
    @with_cursor
    def get(self, request: Request) -> Response:
        return _left(counts_of(actor_of(request).pk))
