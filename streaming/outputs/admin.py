"""The destinations' screen: where stations are sent, whether it arrives, and what is wrong if not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html

from config.lib import admin_cells as cells
from config.lib.admin_actions import done, press
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin
from streaming.console import states
from streaming.outputs import services
from streaming.outputs.admin_forms import DestinationAddForm, DestinationForm
from streaming.outputs.models import Destination
from streaming.outputs.trying import try_destination

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


@admin.register(Destination)
class DestinationAdmin(SavedByForm, ModelAdmin[Destination]):
    """Destinations."""

    list_display = ("state", "name", "station", "address", "sent", "reconnects", "last_words")
    list_display_links = ("name",)
    list_filter = ("station", "enabled", "connected")
    list_select_related = ("station__encoder",)
    search_fields = ("name", "url", "station__name")
    readonly_fields = ("state", "station", "address", "masked_key", "sent", "reconnects", "dropped", "last_words")
    actions = None
    actions_row = ("test",)
    actions_detail = ("test",)

    def get_form(self, request: Any, obj: Destination | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that adds, or the one that changes."""
        return super().get_form(
            request, obj, change, **{**kwargs, "form": DestinationForm if obj else DestinationAddForm}
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Destination | None = None) -> Any:  # noqa: ARG002 - the same
        """Return what is only told."""
        return self.readonly_fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Destination | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the groups of fields."""
        if obj is None:
            return [(None, {"fields": ("station", "url", "key", "name")})]
        return [
            ("Now", {"fields": (("state", "sent"), ("reconnects", "dropped"), "last_words")}),
            ("Destination", {"fields": (("station", "address"), "name", "enabled", "masked_key", "key")}),
        ]

    def delete_model(self, request: HttpRequest, obj: Destination) -> None:  # noqa: ARG002 - the same
        """Forget it; the encoder leaves it at once."""
        services.remove_destination(destination=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Destination]) -> None:
        """Forget several."""
        for destination in queryset:
            self.delete_model(request, destination)

    @press(name="Test", icon="network_check")
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try to reach it and say what it answered."""
        destination = get_object_or_404(Destination, pk=object_id)
        result = try_destination(destination=destination)
        (messages.success if result.ok else messages.error)(request, f"{destination.name}: {result.sentence}")
        return done(request, reverse("admin:streaming_destination_changelist"))

    @admin.display(description="State")
    def state(self, destination: Destination) -> SafeString:
        """Tell whether the stream arrives."""
        return states.destination_state(destination).cell()

    @admin.display(description="Address")
    def address(self, destination: Destination) -> SafeString:
        """Show where it goes, without the key."""
        return format_html('<code title="{}">{}</code>', destination.url, destination.url)

    @admin.display(description="Stream key")
    def masked_key(self, destination: Destination) -> SafeString:
        """Show that there is a key, and its end to tell it by."""
        if not destination.key_sealed:
            return cells.EMPTY
        return format_html("<code>••••{}</code>", destination.key_hint)

    @admin.display(description="Sent", ordering="bytes_total")
    def sent(self, destination: Destination) -> SafeString:
        """Tell how much went there."""
        return cells.amount(destination.bytes_total)

    @admin.display(description="Reconnects", ordering="reconnects_total")
    def reconnects(self, destination: Destination) -> SafeString:
        """Tell how often it was connected anew."""
        return cells.figure(destination.reconnects_total)

    @admin.display(description="Dropped", ordering="dropped_packets_total")
    def dropped(self, destination: Destination) -> SafeString:
        """Tell how much did not fit through."""
        return cells.figure(destination.dropped_packets_total)

    @admin.display(description="Last error")
    def last_words(self, destination: Destination) -> SafeString:
        """Tell what went wrong last, and when."""
        if not destination.last_error:
            return cells.EMPTY
        return format_html("{} {}", destination.last_error, cells.ago(destination.last_error_at))
