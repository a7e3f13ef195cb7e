"""Members and their logins in the admin.

Deleting a device there signs it out, and closes its sockets, like anywhere else.
"""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from .models import Block, Device, Profile, User


class ProfileInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Profile
    can_delete = False


@admin.register(User)
class MemberAdmin(UserAdmin):  # type: ignore[type-arg]
    """Django's own, with the profile. Closing an account or giving a new password ends its logins."""

    inlines = (ProfileInline,)
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "usable_password", "password1", "password2")}),
    )


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "user", "name", "created_at", "last_seen_at", "expires_at")
    search_fields = ("user__username",)
    fields = ("user", "name", "created_at", "last_seen_at", "expires_at")
    readonly_fields = fields
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("blocker", "blocked", "created_at")
    search_fields = ("blocker__username", "blocked__username")
    raw_id_fields = ("blocker", "blocked")
    list_select_related = ("blocker", "blocked")
