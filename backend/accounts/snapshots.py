"""Answers that carry state carry the cursor it was read at, so a client knows which events its copy already contains.

The cursor is read first and the state after: an event that comes between is applied twice, which is harmless; the other
way round it would be missed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from rest_framework.request import Request
from rest_framework.response import Response

from streams.read import cursor_of

P = ParamSpec("P")
View = Callable[Concatenate[Any, Request, P], Response]
HEADER = "Stream-Cursor"


def with_cursor(view: View[P]) -> View[P]:
    """Give a view method's answer the header `Stream-Cursor`, read before the method runs."""

    @wraps(view)
    def answer(self: Any, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        cursor = cursor_of(request.user.pk) if request.user.is_authenticated else None
        response = view(self, request, *args, **kwargs)
        if cursor is not None:
            response[HEADER] = cursor
        return response

    answer.carries_cursor = True  # type: ignore[attr-defined]
    return cast("View[P]", answer)
