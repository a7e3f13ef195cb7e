"""`/api/messages/`"""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.MessagesView.as_view(), name="messages"),
    path("conversations/", views.ConversationsView.as_view(), name="conversations"),
    path("conversation/<id:user_id>/", views.ConversationView.as_view(), name="conversation"),
    path("conversation/<id:user_id>/read/", views.ReadConversationView.as_view(), name="conversation-read"),
    path("read_all/", views.ReadAllView.as_view(), name="messages-read-all"),
    path("<id:message_id>/read/", views.ReadView.as_view(), name="message-read"),
]
