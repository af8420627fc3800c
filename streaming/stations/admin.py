"""The stations' screen: what each is doing, and everything an operator does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin, TabularInline
from config.lib.admin_rows import rows_of
from streaming.console import overview, views
from streaming.outputs.models import Destination
from streaming.stations import admin_sync, services
from streaming.stations.admin_actions import StationActions, unfitting
from streaming.stations.admin_columns import StationColumns
from streaming.stations.admin_forms import StationAddForm, StationForm
from streaming.stations.admin_members import MemberInline, save_members
from streaming.stations.admin_sound import SOUND, BackupInline, EmergencyInline, save_rows
from streaming.stations.models import PlaylistEntry, Station
from streaming.stations.removal import remove_station, why_kept

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import BaseFormSet, ModelForm
    from django.http import HttpRequest

MACHINE_HELP = "Without either it runs on the machine with the most room, and on another one when that is lost."
_NOW = (("state", "uptime"), ("now", "source"), ("held", "listeners_page"), "destinations_told")
_SOURCE = ("source_kind", "audio_url", "metadata_url", "shortcode")


class PlaylistInline(TabularInline[PlaylistEntry, Station]):
    """The tracks of a station that plays our own catalogue; dragged into order."""

    model = PlaylistEntry
    verbose_name_plural = "playlist"
    autocomplete_fields = ("track",)
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0


@admin.register(Station)
class StationAdmin(StationColumns, StationActions, SavedByForm, ModelAdmin[Station]):
    """Stations."""

    list_display = ("state", "name", "now", "source", "destinations_up", "restarts", "uptime")
    list_display_links = ("name",)
    list_filter = ("source_kind", "wanted_on_air", "profile")
    search_fields = ("name", "slug", "shortcode")
    list_before_template = "admin/live_cells.html"
    change_form_before_template = "admin/live_station.html"
    autocomplete_fields = ("default_loop",)
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = (
        "state",
        "now",
        "source",
        "uptime",
        "held",
        "webhook",
        "listeners_page",
        "destinations_told",
        "titles",
        "loudness",
        "sync",
    )
    actions = None
    actions_row = ("start", "stop", "restart", "show_loop", "release", "test_source")
    actions_detail = (
        "start",
        "show_loop",
        "release",
        "end_takeover",
        {"title": "More", "items": ["test_source", "new_secret", "restart", "stop"]},
    )
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Station]:
        """Return the stations with all that their row tells."""
        destinations = rows_of(request.user, "streaming.view_destination", Destination.objects.all())
        return overview.with_present(super().get_queryset(request), destinations)

    def get_form(self, request: HttpRequest, obj: Station | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that makes a station, or the one that changes it."""
        kwargs["form"] = StationForm if obj else StationAddForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Station | None = None) -> Any:
        """Return the groups of fields; the state comes first once there is one."""
        if obj is None:
            return [
                (None, {"fields": ("name", "slug", "profile")}),
                ("Source", {"fields": (*_SOURCE, "secret")}),
            ]
        if not self.has_change_permission(request, obj):
            return [("Now", {"fields": _NOW[:3]}), ("Station", {"fields": ("name", "description", "profile")})]
        machine = ("Machine", {"fields": ("pinned_node", "needs_labels"), "description": MACHINE_HELP})
        return [
            ("Now", {"fields": _NOW}),
            ("Station", {"fields": ("name", "description", "profile")}),
            ("Picture", {"fields": ("default_loop", ("transition", "transition_ms"), "look", "titles", "sync")}),
            ("Source", {"fields": (*_SOURCE, "shuffle", "webhook")}),
            SOUND,
            *([machine] if request.user.has_perm("streaming.change_node") else []),
        ]

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave destinations out for whoever may see none."""
        sees = request.user.has_perm("streaming.view_destination")
        return [name for name in super().get_list_display(request) if sees or name != "destinations_up"]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Offer what makes sense in the station's state."""
        station = self.get_object(request, str(object_id))
        out = unfitting(station) if station else set()
        return [a for a in super().get_actions_detail(request, object_id) if a.action_name.split("_", 2)[2] not in out]  # type: ignore[misc]  # unfold's, not in Django's stubs

    def has_delete_permission(self, request: HttpRequest, obj: Station | None = None) -> bool:
        """Keep what is on air or was."""
        return super().has_delete_permission(request, obj) and not (obj and why_kept(obj))

    def delete_model(self, request: HttpRequest, obj: Station) -> None:  # noqa: ARG002 - the same
        """Forget a station that never aired."""
        remove_station(station=obj)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Station | None = None) -> Any:  # noqa: ARG002 - the same
        """Suggest the slug while a station is being added."""
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Station | None) -> Any:  # noqa: ARG002 - the same
        """Show the playlist where it is what plays, and what plays when the source is lost."""
        if obj is None:
            return []
        own = [PlaylistInline] if obj.source_kind == Station.SourceKind.PLAYLIST else []
        return [*own, BackupInline, EmergencyInline, MemberInline]

    def get_urls(self) -> Any:
        """Add what the start page and the live cells are refreshed from."""
        return [*views.urls(self.admin_site), *admin_sync.urls(self), *super().get_urls()]

    def save_formset(self, request: Any, form: ModelForm[Station], formset: BaseFormSet[Any], change: Any) -> None:  # noqa: ARG002 - the same
        """Hand playlist, backups and emergency tracks to their services, in the order they were dragged to."""
        known = save_members(form.instance, formset, request) or save_rows(form.instance, formset)
        if not known:
            rows = [f.cleaned_data for f in formset.forms if f.cleaned_data.get("track")]
            kept = sorted((r for r in rows if not r["DELETE"]), key=lambda row: row["position"] or 0)
            services.set_playlist(station=form.instance, tracks=[row["track"] for row in kept])
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []  # type: ignore[attr-defined]  # what the history entry reads
