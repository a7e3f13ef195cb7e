"""`/api/demo/`"""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.CastView.as_view(), name="demo"),
    path("tokens/", views.TokensView.as_view(), name="demo-tokens"),
    path("again/", views.AgainView.as_view(), name="demo-again"),
]
