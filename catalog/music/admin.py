"""The screen of tracks: recordings of our own, for stations that play a playlist."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html

from catalog.licences.admin_items import LicenceFilter, UnderLicence
from catalog.music import services
from catalog.music.admin_forms import TrackUploadForm
from catalog.music.models import Track
from config.lib import admin_cells as cells
from config.lib import byte_ranges
from config.lib.admin_pages import ModelAdmin
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.utils.safestring import SafeString

TYPES = {".mp3": "audio/mpeg", ".flac": "audio/flac", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".opus": "audio/ogg"}


@admin.register(Track)
class TrackAdmin(UnderLicence, ModelAdmin[Track]):
    """Tracks."""

    list_display = ("title", "artist", "album", "length", "codec", "bytes", "licence_told", "age")
    list_select_related = ("licence",)
    search_fields = ("artist", "title", "album", "original_name")
    list_filter = (LicenceFilter, "codec")
    autocomplete_fields = ("licence",)
    readonly_fields = ("player", "length", "codec", "bytes", "original_name", "age", "id_told", "licence_told")
    actions = ("put_under",)

    def get_form(self, request: Any, obj: Track | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the upload form, or the one that corrects the words."""
        form = super().get_form(request, obj, change, **(kwargs if obj else {**kwargs, "form": TrackUploadForm}))
        return form if obj else type("TrackUpload", (form,), {"uploaded_by": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: Track | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the groups of fields."""
        if obj is None:
            return [(None, {"fields": ("file", "artist", "title")})]
        licence = ("Licence", {"fields": ("licence", "licence_told")})
        facts = (("length", "codec"), ("bytes", "age"), ("original_name", "id_told"))
        return [(None, {"fields": ("player", "artist", "title", "album")}), licence, ("About", {"fields": facts})]

    def save_model(self, request: Any, obj: Track, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Keep corrected words; an upload was kept by its form's service already."""
        if change:
            super().save_model(request, obj, form, change)

    def get_actions(self, request: HttpRequest) -> Any:
        """Leave out deleting many at once."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def get_urls(self) -> Any:
        """Add the sound itself."""
        sound = self.admin_site.admin_view(partial(_sound, self))
        return [path("<uuid:track>/sound/", sound, name="catalog_track_sound"), *super().get_urls()]

    @admin.display(description="Listen")
    def player(self, track: Track) -> SafeString:
        """Play it; nothing is loaded but its beginning until play is pressed."""
        url = reverse("admin:catalog_track_sound", args=[track.pk])
        return format_html('<audio class="lw-listen" controls preload="none" src="{}"></audio>', url)

    @admin.display(description="Length", ordering="duration_ms")
    def length(self, track: Track) -> SafeString:
        """Tell how long it is."""
        return cells.length(track.duration_ms)

    @admin.display(description="Size", ordering="size")
    def bytes(self, track: Track) -> SafeString:
        """Tell how big it is."""
        return cells.amount(track.size)

    @admin.display(description="Added", ordering="created_at")
    def age(self, track: Track) -> SafeString:
        """Tell since when it is here."""
        return cells.ago(track.created_at)

    @admin.display(description="Id")
    def id_told(self, track: Track) -> SafeString:
        """Give its id."""
        return cells.identifier(track.pk)


def _sound(screen: TrackAdmin, request: HttpRequest, track: UUID) -> HttpResponseBase:
    """Send a track, in parts as the player asks for them."""
    if not screen.has_view_permission(request):
        raise PermissionDenied
    row = get_object_or_404(Track, pk=track)
    try:
        file = services.track_path(row)
        return byte_ranges.send(request, file, content_type=TYPES.get(file.suffix, "application/octet-stream"))
    except (LongwaveError, FileNotFoundError) as error:
        raise Http404(str(error)) from error
