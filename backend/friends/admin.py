"""Friendships and requests in the admin, to be read: changing them there would tell nobody."""

from django.contrib import admin
from django.http import HttpRequest

from .models import FriendRequest, Friendship


@admin.register(FriendRequest)
class FriendRequestAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "from_user", "to_user", "state", "created_at")
    list_filter = ("state",)
    search_fields = ("from_user__username", "to_user__username")
    list_select_related = ("from_user", "to_user")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FriendRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FriendRequest | None = None) -> bool:
        return False


@admin.register(Friendship)
class FriendshipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "low", "high", "created_at")
    search_fields = ("low__username", "high__username")
    list_select_related = ("low", "high")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Friendship | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Friendship | None = None) -> bool:
        return False
