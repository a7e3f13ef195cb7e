"""What somebody gets who has guessed too many passwords."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .problems import API, render_problem

WORDS = "Too many attempts to sign in. Wait a quarter of an hour, or use another device."


def locked_out(request: HttpRequest, *rest: Any) -> HttpResponse:
    """429 with the time to wait. django-axes passes two arguments or three, depending on whether it runs async."""
    if request.path.startswith(API):
        response = render_problem(429, WORDS, "too_many_attempts")
    else:
        response = HttpResponse(WORDS, status=429, content_type="text/plain")
    response["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return response
