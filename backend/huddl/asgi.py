"""The ASGI application: Django for HTTP, Channels' routing for WebSockets.

Under `huddl serve` the stream's own path never gets here, the fast door takes it first; under Daphne or any other ASGI server
everything does.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddl.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 (Django must be set up first)
from django.urls import path  # noqa: E402

from accounts.sockets import SessionCookieUser  # noqa: E402
from friends.consumers import FriendsConsumer  # noqa: E402
from huddl.handler import OneCrossing  # noqa: E402
from notifications.consumers import NotificationsConsumer  # noqa: E402
from streams.gateway.events_door import EventsDoor  # noqa: E402
from streams.gateway.websocket_asgi import websocket_door  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": EventsDoor(OneCrossing()),
        "websocket": URLRouter(
            [
                path("ws/", websocket_door),  # type: ignore[arg-type]
                path("ws/friends/", SessionCookieUser(FriendsConsumer.as_asgi())),  # type: ignore[arg-type]
                path("ws/notifications/", NotificationsConsumer.as_asgi()),
            ]
        ),
    }
)
