"""The screen of now-playing titles: a station's design, with a picture of it that follows the form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import path

from config.lib import admin_cells as cells
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin
from config.lib.admin_rows import rows_of
from streaming.stations.models import Station
from streaming.titles.admin_forms import DesignForm, TryForm
from streaming.titles.admin_preview import preview
from streaming.titles.models import TitleDesign

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

MOST_NAMED = 20


@admin.register(TitleDesign)
class TitleDesignAdmin(SavedByForm, ModelAdmin[TitleDesign]):
    """Titles; every station has a design, kept from the first time it is saved."""

    form = DesignForm
    list_display = ("station", "shown", "template", "theme", "position", "changed")
    list_filter = ("enabled", "template", "theme")
    list_select_related = ("station",)
    search_fields = ("station__name", "station__slug")
    fieldsets = (
        (None, {"fields": ("enabled",)}),
        ("Look", {"fields": (("template", "theme"), ("position", "safe_percent"), "accent")}),
        ("Beside the words", {"fields": (("show_cover", "show_station"),)}),
    )
    list_before_template = "admin/streaming/titledesign/undesigned.html"
    actions = None
    warn_unsaved_form = True
    change_form_before_template = "admin/streaming/titledesign/preview.html"

    class Media:
        """The preview's own behaviour and looks."""

        js = ("admin-longwave/titles.js",)
        css = {"all": ("admin-longwave/titles.css",)}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> TitleDesign | None:
        """Return a station's design; one that never had any starts from the usual."""
        found = super().get_object(request, object_id, from_field)
        return found or self._unsaved(request, object_id)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """A design comes with its station."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TitleDesign | None = None) -> bool:  # noqa: ARG002 - the same
        """A design goes with its station; titles are switched off instead."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the stations that have no design of their own yet."""
        without = list(self._stations(request).filter(title_design=None).order_by("name")[: MOST_NAMED + 1])
        context = {"undesigned": without[:MOST_NAMED], "more": len(without) > MOST_NAMED, **(extra_context or {})}
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Tell the page where its preview comes from, and what it can be tried with."""
        context = {
            "preview_url": "../preview.png",
            "samples": TryForm.base_fields["sample"].choices,  # type: ignore[attr-defined]  # a ChoiceField's
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, context)

    def get_urls(self) -> Any:
        """Add the preview."""
        view = self.admin_site.admin_view(partial(preview, self))
        return [path("<uuid:station>/preview.png", view, name="streaming_titledesign_preview"), *super().get_urls()]

    @admin.display(description="Titles", ordering="enabled")
    def shown(self, design: TitleDesign) -> SafeString:
        """Tell whether titles are shown."""
        return cells.state("Shown", "ok") if design.enabled else cells.state("Off", "quiet")

    @admin.display(description="Changed", ordering="updated_at")
    def changed(self, design: TitleDesign) -> SafeString:
        """Tell when it was changed last."""
        return cells.ago(design.updated_at)

    def _unsaved(self, request: HttpRequest, object_id: str) -> TitleDesign | None:
        try:
            station = self._stations(request).filter(pk=object_id).first()
        except ValidationError:
            return None  # no id of anything
        return TitleDesign(station=station) if station else None

    def _stations(self, request: HttpRequest) -> QuerySet[Station]:
        return rows_of(request.user, "streaming.view_titledesign", Station.objects.all())
