"""Answers that carry state carry the cursor it was read at, so a client knows which events its copy already contains.

The cursor is read first and the state after: an event that comes between is applied twice, the other way round it would be
missed. Twice is harmless where applying sets or adds what is named. It is not where applying counts: such an answer is read
again when the cursor has moved under it (`at_one_cursor`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from rest_framework.request import Request
from rest_framework.response import Response

from streams.read import cursor_of

P = ParamSpec("P")
State = TypeVar("State")
View = Callable[Concatenate[Any, Request, P], Response]
HEADER = "Stream-Cursor"


TRIES = 5
"""How often an answer is read until nothing came meanwhile. Only a stream that never rests for the length of a read needs more;
its last answer is as good as one of `with_cursor`."""


def at_one_cursor(user_id: int, read: Callable[[], State]) -> tuple[str, State]:
    """What `read` gives and the cursor it is exact at: between two equal readings of the cursor, nothing was told."""
    cursor, state = cursor_of(user_id), read()
    for _ in range(TRIES - 1):
        now = cursor_of(user_id)
        if now == cursor:
            break
        cursor, state = now, read()
    return cursor, state


def with_cursor(view: View[P]) -> View[P]:
    """Give a view method's answer the header `Stream-Cursor`, read before the method runs unless it brings its own."""

    @wraps(view)
    def answer(self: Any, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        cursor = cursor_of(request.user.pk) if request.user.is_authenticated else None
        response = view(self, request, *args, **kwargs)
        if cursor is not None and HEADER not in response:
            response[HEADER] = cursor
        return response

    answer.carries_cursor = True  # type: ignore[attr-defined]
    return cast("View[P]", answer)
