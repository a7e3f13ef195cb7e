"""Every HTTP address of NUMENEON. The web app comes last and answers for whatever nobody else has claimed."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from huddl import spa
from huddl.metrics import metrics
from streams.gateway.poll import poll

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("metrics", metrics, name="metrics"),
    path("api/events/", poll, name="events"),
    path("api/auth/", include("accounts.urls")),
    path("api/", include("friends.urls")),
    path("api/messages/", include("chat.urls")),
    path("api/posts/", include("posts.urls")),
    path("api/notifications/", include("notifications.urls")),
    path("api/demo/", include("huddl.demo.urls")),
    *spa.urlpatterns,
]
