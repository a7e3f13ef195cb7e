"""Pages of a list, newest first: `?before=<id>&limit=<n>`, and the next one in a `Link` header (RFC 8288).

The answer stays a bare array, which is what clients spread. A page is found by the id before which it begins: an offset
would count rows, and show one twice when a new one arrives.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from .converters import BIGGEST


class HasPk(Protocol):
    """A model's instance, or a named row of some of its columns."""

    @property
    def pk(self) -> Any: ...


Row = TypeVar("Row", bound=HasPk)

PAGE_PARAMETERS = [
    OpenApiParameter("before", int, description="Only rows older than the one with this id."),
    OpenApiParameter("limit", int, description="How many rows at most."),
]


class PageForm(serializers.Serializer[Any]):
    before = serializers.IntegerField(min_value=0, max_value=BIGGEST, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=BIGGEST, required=False)


def page_of(request: Request, rows: QuerySet[Any, Row], *, most: int) -> tuple[list[Row], str | None]:
    """One page of `rows`, which are ordered by falling id, and the address of the next, if there is one.

    Raises:
        ValidationError: `before` or `limit` is no number, or out of bounds.
    """
    form = PageForm(
        data={name: request.query_params[name] for name in ("before", "limit") if name in request.query_params}
    )
    form.is_valid(raise_exception=True)
    limit = min(form.validated_data.get("limit", most), most)
    if "before" in form.validated_data:
        rows = rows.filter(pk__lt=form.validated_data["before"])
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    found = found[:limit]
    query = request.query_params.copy()
    query["before"], query["limit"] = str(found[-1].pk), str(limit)
    return found, request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def page_response(items: Sequence[Any], following: str | None) -> Response:
    """The items as a bare array, with the address of the next page in the header."""
    return Response(list(items), headers={"Link": f'<{following}>; rel="next"'} if following else None)
