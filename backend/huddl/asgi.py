"""The ASGI application: Django for HTTP, Channels' routing for WebSockets.

Under `huddl serve` the stream's own path never gets here, the fast door takes it first; under Daphne or any other ASGI server
everything does.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddl.settings")
django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 (Django must be set up first)
from django.urls import path  # noqa: E402

from accounts.sockets import SessionCookieUser  # noqa: E402
from friends.consumers import FriendsConsumer  # noqa: E402
from notifications.consumers import NotificationsConsumer  # noqa: E402
from streams.gateway.events_door import EventsDoor  # noqa: E402
from streams.gateway.websocket_asgi import websocket_door  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": EventsDoor(django_application),
        "websocket": URLRouter(
            [
                path("ws/", websocket_door),  # type: ignore[arg-type]
                path("ws/friends/", SessionCookieUser(FriendsConsumer.as_asgi())),  # type: ignore[arg-type]
                path("ws/notifications/", NotificationsConsumer.as_asgi()),
            ]
        ),
    }
)
