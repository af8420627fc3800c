"""The destinations' screen: where stations are sent, whether it arrives, and what is wrong if not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from config.lib.admin_actions import ActionVariant, ask, done, press, report
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin
from config.lib.admin_rows import rows_of
from streaming.outputs import services
from streaming.outputs.admin_columns import LIVE, DestinationColumns
from streaming.outputs.admin_forms import CONDITIONS, DestinationAddForm, DestinationForm
from streaming.outputs.admin_recordings import RecordingAdmin
from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings
from streaming.outputs.trying import try_destination

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpRequest

__all__ = ["DestinationAdmin", "RecordingAdmin"]

Kind = Destination.Kind
TOLD = (("state_told", "lasts"), ("why", "there"), "rules", ("sent", "queue"), ("reconnects", "dropped"), "renewals")
FIELDS = {
    Kind.RTMP: ("url", ("masked_key", "key"), ("backup", "backup_url"), "allow_private", "via_relay", "renewal"),
    Kind.SRT: ("url", ("masked_key", "key"), ("passphrase", "no_passphrase"), "allow_private", "renewal"),
    Kind.HLS: ("url", ("masked_key", "key"), "allow_private"),
    Kind.RECORDING: ("folder", "segment_s", "keep_hours", "to_storage"),
}
RELAY_FIELDS = (("masked_key", "key"), "renewal")


@admin.register(Destination)
class DestinationAdmin(DestinationColumns, SavedByForm, ModelAdmin[Destination]):
    """Destinations: those that are down first, the longest one above all."""

    list_display = ("state_told", "name_told", "why", "lasts", "there", "station", "sent")
    list_display_links = ("name_told",)
    list_filter = ("station", "kind", "platform", "enabled", "connected")
    list_select_related = ("station__encoder", "station__profile", "plan__account", "plan__station")
    ordering = (F("down_since").asc(nulls_last=True), "station__name", "name")
    search_fields = ("name", "url", "station__name")
    list_before_template = "admin/live_cells.html"
    change_form_before_template = "admin/live_station.html"
    readonly_fields = (
        "state_told", "station", "masked_key", "folder", "lasts", "why", "rules", "sent", "queue", "reconnects",
        "dropped", "renewals", "there",
    )  # fmt: skip
    conditional_fields = CONDITIONS
    actions = None
    actions_row = ("test", "pause", "resume", "renew")
    actions_detail = ("test", "pause", "resume", "renew")

    def get_form(self, request: Any, obj: Destination | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that adds, or the one that changes."""
        return super().get_form(
            request, obj, change, **{**kwargs, "form": DestinationForm if obj else DestinationAddForm}
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Destination | None = None) -> Any:  # noqa: ARG002 - the same
        """Return what is only told."""
        return self.readonly_fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Destination | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the groups of fields; what a kind does not have is not asked for."""
        if obj is None:
            more = ("backup", "backup_url", "segment_s", "keep_hours", "to_storage", "allow_private")
            return [(None, {"fields": ("station", "place", "url", "key", "passphrase", *more, "name")})]
        own = RELAY_FIELDS if obj.platform == "relay" else FIELDS[Kind(obj.kind)]
        return [("Now", {"fields": TOLD}), ("Destination", {"fields": (("name", "station"), "enabled", *own)})]

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - the same
        """Say which of the platform's rules the station's profile breaks; the form's service has saved the row."""
        for sentence in profile_warnings(obj):
            messages.warning(request, f"{obj.name}: {sentence}")

    def delete_model(self, request: HttpRequest, obj: Destination) -> None:  # noqa: ARG002 - the same
        """Forget it; the encoder leaves it at once."""
        services.remove_destination(destination=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Destination]) -> None:
        """Forget several."""
        for destination in queryset:
            self.delete_model(request, destination)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Offer what makes sense for it as it is."""
        row = self.get_object(request, str(object_id))
        out = _unfitting(row) if row else set()
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]  # unfold's, not in Django's stubs
        return [action for action in actions if action.action_name.rpartition("_")[2] not in out]

    def get_urls(self) -> Any:
        """Add what the list and the pages are refreshed from."""
        cells = self.admin_site.admin_view(partial(_cells, self))
        return [path("cells/", cells, name="streaming_destination_cells"), *super().get_urls()]

    @press(name="Test", icon="network_check")
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try to reach it and say what it answered."""
        destination = get_object_or_404(Destination.objects.select_related("station"), pk=object_id)
        result = try_destination(destination=destination)
        (messages.success if result.ok else messages.error)(request, f"{destination.name}: {result.sentence}")
        return _back(request)

    @ask(
        name="Pause",
        title="Pause this destination?",
        sentence="Its viewers see the stream end. The station's other destinations go on untouched.",
        button="Pause it",
        icon="pause",
        variant=ActionVariant.WARNING,
    )
    def pause(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Leave it out."""
        row = get_object_or_404(Destination, pk=object_id)
        work = partial(services.set_enabled, destination=row, enabled=False)
        report(request, work, said=f"{row.name} is paused.")
        return _back(request)

    @press(name="Resume", icon="play_arrow", variant=ActionVariant.SUCCESS)
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send there again."""
        row = get_object_or_404(Destination, pk=object_id)
        work = partial(services.set_enabled, destination=row, enabled=True)
        report(request, work, said=f"{row.name} is sent to again.")
        return _back(request)

    @ask(
        name="Connect anew now",
        title="Connect anew now?",
        sentence="Its connection ends at the next keyframe and is made again: a gap of a few seconds there, or none "
        "where a backup ingest stands in. The others go on untouched.",
        button="Connect anew",
        icon="sync",
        variant=ActionVariant.WARNING,
    )
    def renew(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """End its connection and make it again."""
        row = get_object_or_404(Destination, pk=object_id)
        work = partial(services.renew_destination, destination=row)
        report(request, work, said=f"{row.name} is connected anew at the next keyframe.")
        return _back(request)


def _unfitting(row: Destination) -> set[str]:
    """Return the actions that make no sense for a destination as it is."""
    out = {"pause"} if not row.enabled else {"resume"}
    return out | ({"renew"} if row.kind in (Kind.RECORDING, Kind.HLS) or not row.connected else set())


def _cells(screen: DestinationAdmin, request: HttpRequest) -> HttpResponse:
    """Send the live cells of the destinations named by ``key`` as they are now."""
    if not screen.has_view_permission(request):
        raise PermissionDenied
    wanted = [key.split(":")[1] for key in request.GET.getlist("key") if key.startswith("destination:")]
    rows = rows_of(
        request.user, "streaming.view_destination", Destination.objects.select_related(*screen.list_select_related)
    )
    found = rows.filter(pk__in=[identity for identity in set(wanted) if _is_id(identity)])
    return HttpResponse("".join(getattr(screen, name)(row) for row in found for name in LIVE))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _back(request: HttpRequest) -> HttpResponse:
    return done(request, reverse("admin:streaming_destination_changelist"))
