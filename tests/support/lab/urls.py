"""The product's addresses, after the lab's."""

from django.urls import include, path

from .views import note, notes

urlpatterns = [
    path("lab/note/", note),
    path("lab/notes/", notes),
    path("", include("huddl.urls")),
]
