"""`/api/friends/`, and the blocks that stand under `/api/auth/` because clients look for them there."""

from django.urls import path

from . import views

urlpatterns = [
    path("friends/", views.FriendsView.as_view(), name="friends"),
    path("friends/requests/", views.ReceivedView.as_view(), name="requests-received"),
    path("friends/requests/sent/", views.SentView.as_view(), name="requests-sent"),
    path("friends/suggestions/", views.SuggestionsView.as_view(), name="suggestions"),
    path("friends/request/<id:user_id>/", views.AskView.as_view(), name="ask"),
    path("friends/accept/<id:request_id>/", views.accept_friend_request, name="accept"),
    path("friends/decline/<id:request_id>/", views.decline_friend_request, name="decline"),
    path("friends/cancel/<id:user_id>/", views.cancel_friend_request, name="cancel"),
    path("friends/remove/<id:user_id>/", views.end_friendship, name="remove"),
    path("auth/blocks/", views.BlocksView.as_view(), name="blocks"),
    path("auth/blocks/<id:user_id>/", views.BlockView.as_view(), name="block"),
]
