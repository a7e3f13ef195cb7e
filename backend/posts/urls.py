"""`/api/posts/`"""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.PostsView.as_view(), name="posts"),
    path("<id:post_id>/", views.PostView.as_view(), name="post"),
    path("<id:post_id>/replies/", views.RepliesView.as_view(), name="replies"),
    path("<id:post_id>/like/", views.LikeView.as_view(), name="like"),
    path("<id:post_id>/share/", views.ShareView.as_view(), name="share"),
]
