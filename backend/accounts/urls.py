"""`/api/auth/`"""

from django.urls import path

from .views import devices, members, signing

urlpatterns = [
    path("signup/", signing.SignUpView.as_view(), name="signup"),
    path("login/", signing.LoginView.as_view(), name="login"),
    path("logout/", signing.LogoutView.as_view(), name="logout"),
    path("token/refresh/", signing.RefreshView.as_view(), name="token-refresh"),
    path("me/", members.MeView.as_view(), name="me"),
    path("profile/", members.ProfileView.as_view(), name="profile"),
    path("profile/<id:profile_id>/", members.OwnProfileView.as_view(), name="own-profile"),
    path("search/", members.SearchView.as_view(), name="search"),
    path("users/<str:username>/", members.MemberView.as_view(), name="member"),
    path("sessions/", devices.DevicesView.as_view(), name="devices"),
    path("sessions/<id:device_id>/", devices.DeviceView.as_view(), name="device"),
]
