"""Django's ASGI handler, crossing once.

Middleware that could be asynchronous Django keeps on the event loop, and sends each of its hooks to the request's thread and
back, since the hooks are not: some fifteen crossings a request, each of which waits for the other side to wake. Nothing of ours
waits for anything but the database, so here all middleware and the view run in the thread, one after the other.
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase


class OneCrossing(ASGIHandler):
    """Serves what `ASGIHandler` serves, asynchronous views and streams too."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        answer: Any = sync_to_async(self.get_response, thread_sensitive=True)
        response: HttpResponseBase = await answer(request)
        return response
