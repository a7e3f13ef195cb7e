"""The routing the Channels documentation adds to such a consumer."""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seed_site.settings")
http = get_asgi_application()

from seed_site.consumers import FriendsConsumer  # noqa: E402  (the registry of applications must be ready)

urlpatterns: list[object] = []
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AuthMiddlewareStack(URLRouter([path("ws/friends/", FriendsConsumer.as_asgi())])),
    }
)
