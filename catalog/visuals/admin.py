"""The screens of pictures: loops, and the renditions they are compiled to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from catalog.licences.admin_items import LicenceFilter, UnderLicence
from catalog.visuals import admin_views as views
from catalog.visuals import services
from catalog.visuals.admin_columns import LoopColumns, RenditionColumns
from catalog.visuals.admin_filters import TitleFilter
from catalog.visuals.admin_forms import LoopForm, LoopUploadForm
from catalog.visuals.admin_tags import TagActions, TagFilter
from catalog.visuals.models import EncodingProfile, Loop, Rendition
from catalog.visuals.queries import with_plain_renditions
from catalog.visuals.removal import is_used, remove_loop
from config.lib.admin_actions import done, press, report
from config.lib.admin_pages import ModelAdmin, ReadOnly, TabularInline
from config.lib.admin_rows import may

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class RenditionInline(RenditionColumns, ReadOnly, TabularInline[Rendition, Loop]):
    """What a loop was compiled to."""

    model = Rendition
    fields = readonly_fields = ("profile", "status_told", "length", "bytes", "reason")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rendition]:
        """Leave out those with titles: there may be one for each track."""
        return super().get_queryset(request).filter(card=None)


@admin.register(Loop)
class LoopAdmin(LoopColumns, TagActions, UnderLicence, ModelAdmin[Loop]):
    """Loops: upload, watch the compile, tag, preview."""

    list_display = (
        "picture",
        "name",
        "length",
        "shape",
        "bytes",
        "tag_links",
        "status_told",
        "renditions_told",
        "licence_told",
        "age",
    )
    list_display_links = ("name",)
    list_filter = (TagFilter, "status", LicenceFilter, "codec")
    autocomplete_fields = ("licence",)
    search_fields = ("name", "original_name")
    list_before_template = "admin/live_cells.html"
    readonly_fields = (
        "preview",
        "status_told",
        "length",
        "shape",
        "bytes",
        "join_told",
        "used",
        "origin",
        "id_told",
        "licence_told",
    )
    inlines = (RenditionInline,)
    actions = ("add_tags", "remove_tags", "put_under")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Loop]:
        """Return loops with their renditions."""
        return (
            super()
            .get_queryset(request)
            .select_related("uploaded_by", "licence")
            .prefetch_related(with_plain_renditions())
        )

    def get_form(self, request: Any, obj: Loop | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the upload form, or the one that renames and tags."""
        form = super().get_form(request, obj, change, **{**kwargs, "form": LoopForm if obj else LoopUploadForm})
        return form if obj else type("LoopUpload", (form,), {"uploaded_by": request.user})

    def get_fieldsets(self, request: HttpRequest, obj: Loop | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the groups of fields."""
        if obj is None:
            return [(None, {"fields": ("file", "name", "tags", "profiles")})]
        facts = (("status_told", "length"), ("shape", "bytes"), ("origin", "id_told"), "used")
        named = (None, {"fields": ("preview", "name", "tags")})
        licence = ("Licence", {"fields": ("licence", "licence_told")})
        return [named, licence, ("Join", {"fields": ("join_told", "blend")}), ("About", {"fields": facts})]

    def get_inlines(self, request: HttpRequest, obj: Loop | None) -> Any:
        """Show renditions once there is a loop."""
        return super().get_inlines(request, obj) if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Loop | None = None) -> bool:
        """Keep what is shown somewhere; its page says where."""
        return super().has_delete_permission(request, obj) and not (obj and is_used(obj))

    def delete_model(self, request: HttpRequest, obj: Loop) -> None:  # noqa: ARG002 - Django's signature
        """Forget it and its files."""
        remove_loop(loop=obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Leave out deleting many at once: what is shown somewhere must stay."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def save_model(self, request: Any, obj: Loop, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Keep what was changed; an upload was kept by its form's service already."""
        if change:
            super().save_model(request, obj, form, change)
            if "blend" in form.changed_data:
                services.recompile(loop=obj)
                messages.info(request, "It is compiled again with the join as chosen, for every profile it has.")
        elif form.known_before:
            messages.info(request, f"This very video was here already, as “{obj.name}”. Nothing was stored twice.")

    def get_urls(self) -> Any:
        """Add the thumbnail, and what unfinished rows are refreshed from."""
        view = self.admin_site.admin_view
        return [
            path("cells/", view(partial(views.loop_cells, self)), name="catalog_loop_cells"),
            path("<uuid:loop>/thumbnail/", view(partial(views.thumbnail, self)), name="catalog_loop_thumbnail"),
            *super().get_urls(),
        ]


@admin.register(Rendition)
class RenditionAdmin(RenditionColumns, ReadOnly, ModelAdmin[Rendition]):
    """Renditions: made by the compiler, looked at and tried again here."""

    list_display = ("loop", "title_told", "profile", "status_told", "length", "bytes", "attempts", "compiled")
    list_filter = ("status", "profile", TitleFilter)
    search_fields = ("loop__name", "card__title", "card__artist")
    list_select_related = ("loop", "card")
    list_before_template = "admin/live_cells.html"
    fields = (
        "preview",
        "loop",
        "title_told",
        "profile",
        "status_told",
        "reason",
        "length",
        "bytes",
        "attempts",
        "age",
        "key_told",
    )
    readonly_fields = fields
    actions = None
    actions_row = ("retry",)
    actions_detail = ("retry",)

    def get_urls(self) -> Any:
        """Add the video itself, and what unfinished rows are refreshed from."""
        view = self.admin_site.admin_view
        return [
            path("cells/", view(partial(views.rendition_cells, self)), name="catalog_rendition_cells"),
            path("<uuid:rendition>/video/", view(partial(views.video, self)), name="catalog_rendition_video"),
            *super().get_urls(),
        ]

    def has_retry_permission(self, request: HttpRequest, obj: Rendition | None = None) -> bool:
        """Tell who may have one compiled again; the rendition itself is only looked at."""
        return may(self, request, "catalog.change_rendition", obj)

    @press(name="Compile again", icon="refresh", permissions=("retry",))
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Have a failed rendition compiled again."""
        rendition = get_object_or_404(Rendition, pk=object_id)
        if rendition.status != Rendition.Status.FAILED:
            messages.info(request, f"This rendition is {rendition.get_status_display()}; there is nothing to repeat.")
        else:
            work = partial(services.retry_rendition, rendition=rendition)
            report(request, work, said=f"“{rendition.loop.name}” is compiled again for {rendition.profile_id}.")
        return done(request, reverse("admin:catalog_rendition_changelist"))


@admin.register(EncodingProfile)
class EncodingProfileAdmin(ReadOnly, ModelAdmin[EncodingProfile]):
    """Profiles: fixed shapes; their renditions are on air, so none is changed here."""

    list_display = fields = ("name", "width", "height", "frame_rate", "video_kbps", "audio_kbps", "gop_frames", "level")
    readonly_fields = fields
