"""`/api/notifications/`"""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.InboxView.as_view(), name="inbox"),
    path("counts/", views.CountsView.as_view(), name="inbox-counts"),
    path("seen/", views.SeenView.as_view(), name="inbox-seen"),
    path("read/", views.ReadView.as_view(), name="inbox-read"),
    path("unread/", views.UnreadView.as_view(), name="inbox-unread"),
    path("archive/", views.ArchiveView.as_view(), name="inbox-archive"),
    path("unarchive/", views.UnarchiveView.as_view(), name="inbox-unarchive"),
    path("preferences/", views.PreferencesView.as_view(), name="preferences"),
    path("muted/", views.MutedView.as_view(), name="muted"),
    path("muted/people/<id:subject_id>/", views.MuteView.as_view(kind="people"), name="mute-person"),
    path("muted/posts/<id:subject_id>/", views.MuteView.as_view(kind="posts"), name="mute-post"),
]
