"""The screens of pictures for tracks: mappings, and the cues that were made of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import transaction
from django.urls import path, reverse
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from catalog.visuals.admin_cells import thumbnail
from config.lib import admin_cells as cells
from config.lib.admin_bulk import Question, answer
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import FactsAdmin, ModelAdmin
from config.lib.admin_rows import rows_of
from config.lib.problem import LongwaveError
from streaming.cues import services
from streaming.cues.admin_forms import LoopChoiceForm, MappingAddForm, MappingForm
from streaming.cues.admin_heard import heard
from streaming.cues.mapping_csv import MappingResource
from streaming.cues.models import Cue, TrackMapping
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


@admin.register(TrackMapping)
class TrackMappingAdmin(ImportExportMixin, SavedByForm, ModelAdmin[TrackMapping]):  # type: ignore[misc]  # untyped
    """Mappings."""

    resource_classes = (MappingResource,)
    import_form_class = ImportForm
    export_form_class = ExportForm
    formats = (CSV,)
    list_display = ("picture", "track_key", "station", "loop", "song", "play_count", "changed")
    list_display_links = ("track_key",)
    list_filter = ("station",)
    list_select_related = ("station", "loop")
    search_fields = ("track_key", "song_id", "loop__name")
    autocomplete_fields = ("loop",)
    readonly_fields = ("station", "track_key", "play_count", "changed")
    actions = ("assign",)

    def get_form(self, request: Any, obj: TrackMapping | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that maps, or the one that changes."""
        return super().get_form(request, obj, change, **{**kwargs, "form": MappingForm if obj else MappingAddForm})

    def get_readonly_fields(self, request: HttpRequest, obj: TrackMapping | None = None) -> Any:  # noqa: ARG002 - the same
        """Return what is only told."""
        return self.readonly_fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: TrackMapping | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the fields in the order they are thought of."""
        names = ("station", "track_key", "loop", "song_id", "play_count", "changed")
        return [(None, {"fields": names if obj else ("station", "artist", "title", "loop", "song_id")})]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Tell who may send a table; its rows may name only stations where they may."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """Tell the table's reader whose stations rows may name."""
        mine = rows_of(request.user, "streaming.change_trackmapping", Station.objects.all())
        return {**super().get_import_resource_kwargs(request, **kwargs), "mine": mine}

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Tell who may take a table away; it holds the rows they see."""
        return self.has_view_permission(request)

    def get_urls(self) -> Any:
        """Add the page of tracks without a loop."""
        page = self.admin_site.admin_view(partial(heard, self))
        return [path("heard/", page, name="streaming_trackmapping_heard"), *super().get_urls()]

    @admin.action(description="Assign a loop…", permissions=["change"])
    def assign(self, request: HttpRequest, queryset: QuerySet[TrackMapping]) -> HttpResponse | None:
        """Give several tracks another loop."""
        sentence = "These tracks show the loop you choose, from their next play on:"
        question = Question("assign", "Assign a loop", sentence, "Assign")
        form = answer(self, request, queryset, LoopChoiceForm, question)
        if not isinstance(form, LoopChoiceForm):
            return form
        loop, rows = form.cleaned_data["loop"], list(queryset.select_related("station"))
        try:
            with transaction.atomic():
                for row in rows:
                    services.map_key(station=row.station, track_key=row.track_key, loop=loop)
        except LongwaveError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, f"{len(rows)} mappings show “{loop.name}” from now on.")
        return None

    @admin.display(description="")
    def picture(self, mapping: TrackMapping) -> SafeString:
        """Show the loop."""
        return thumbnail(mapping.loop)

    @admin.display(description="Song id", ordering="song_id")
    def song(self, mapping: TrackMapping) -> SafeString:
        """Give the source's id."""
        return cells.identifier(mapping.song_id)

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, mapping: TrackMapping) -> SafeString:
        """Tell when it was changed last."""
        return cells.ago(mapping.updated_at)


@admin.register(Cue)
class CueAdmin(FactsAdmin[Cue]):
    """Cues: what was decided to be shown, and why."""

    list_display = ("made", "station", "loop", "reason", "change", "sent", "id_told")
    list_filter = ("station", "reason")
    windowed = ("reason",)
    list_select_related = ("station", "loop", "change")
    search_fields = ("loop__name", "change__artist", "change__title")
    search_help_text = "Loop, artist or title, among the newest 20,000"
    fields = (("station", "made"), ("loop", "reason"), ("change", "sent"), ("id_told", "rendition_told"))
    readonly_fields = ("station", "made", "loop", "reason", "change", "sent", "id_told", "rendition_told")

    @admin.display(description="Decided")
    def made(self, cue: Cue) -> SafeString:
        """Tell when it was decided."""
        return cells.ago(cue.created_at)

    @admin.display(description="Sent to the encoder")
    def sent(self, cue: Cue) -> SafeString:
        """Tell how soon it was handed on."""
        if cue.sent_at is None:
            return cells.state("Not sent", "quiet", hint="The station was off air, or a newer cue overtook it.")
        return cells.figure(f"after {(cue.sent_at - cue.created_at).total_seconds() * 1000:.0f} ms")

    @admin.display(description="Cue")
    def id_told(self, cue: Cue) -> SafeString:
        """Give its id."""
        return cells.identifier(cue.pk)

    @admin.display(description="Rendition")
    def rendition_told(self, cue: Cue) -> SafeString:
        """Lead to the compiled file."""
        if cue.rendition_id is None:
            return cells.EMPTY
        return cells.link(reverse("admin:catalog_rendition_change", args=[cue.rendition_id]), "compiled loop")
