"""Did she get it? Streams and their entries, to look at; nothing here can be changed.

An entry's page tells what became of it. The gateways are asked meanwhile, so it takes two seconds.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .explain import ask, explain
from .models import Ack, Entry, Stream


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only the engine writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Stream)
class StreamAdmin(LookOnly):
    list_display = ("user", "epoch", "head", "floor")
    search_fields = ("=user__username",)
    list_select_related = ("user",)
    show_full_result_count = False


@admin.register(Entry)
class EntryAdmin(LookOnly):
    """Search for a username; what people wrote is not shown."""

    list_display = ("id", "whose", "seq", "type", "created_at")
    search_fields = ("=stream__user__username",)
    fields = ("whose", "seq", "type", "created_at", "story")
    readonly_fields = fields
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Entry]":
        return Entry.objects.select_related("stream__user").defer("body")

    @admin.display(description="stream of")
    def whose(self, entry: Entry) -> str:
        return str(entry.stream.user)

    @admin.display(description="what became of it")
    def story(self, entry: Entry) -> SafeString | str:
        if entry.seq is None:
            return "Committed, and waits for its number."
        told = explain(entry.stream_id, entry.seq, known=ask(entry.stream_id, entry.seq))
        rows = [("" if at is None else f"{at:%H:%M:%S.%f}"[:-3], what) for at, what in told.lines]
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<p><strong>{}</strong></p><table>{}</table>", told.verdict, lines)


@admin.register(Ack)
class AckAdmin(LookOnly):
    list_display = ("login_id", "stream_id", "epoch", "seq", "at")
    search_fields = ("=stream__user__username",)
    show_full_result_count = False
