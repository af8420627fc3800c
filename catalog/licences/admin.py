"""The screen of licences, and the overview of what is under which."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from catalog.licences import admin_cells, sending, services
from catalog.licences.admin_forms import LicenceForm
from catalog.licences.models import Licence
from config.lib import admin_cells as cells
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
    from django.utils.safestring import SafeString

    from catalog.music.models import Track
    from catalog.visuals.models import Loop

SHOWN = 50


@admin.register(Licence)
class LicenceAdmin(SavedByForm, ModelAdmin[Licence]):
    """Licences."""

    form = LicenceForm
    list_display = ("name", "state_told", "owner", "kind", "under", "until", "consent", "proof_told")
    list_filter = ("kind", "consent")
    search_fields = ("name", "owner", "note")
    list_before_template = "admin/audit/export.html"
    readonly_fields = ("state_told", "items", "proof_told", "created_by", "age")
    fieldsets = (
        (None, {"fields": ("name", "owner", "kind")}),
        ("Term", {"fields": (("valid_from", "valid_until"), "state_told")}),
        ("Proof", {"fields": ("proof_url", "proof", "proof_told", "consent")}),
        ("About", {"fields": ("note", "items", ("created_by", "age"))}),
    )
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Licence]:
        """Return licences with how much is under them."""
        counts = {name: Count(name, distinct=True) for name in ("loops", "tracks")}
        return super().get_queryset(request).annotate(**{f"{name}_count": count for name, count in counts.items()})

    def get_fieldsets(self, request: HttpRequest, obj: Licence | None = None) -> Any:
        """Return the groups of fields; what is known of a licence comes once there is one."""
        if obj is not None:
            return super().get_fieldsets(request, obj)
        term, proof = ("valid_from", "valid_until"), ("proof_url", "proof", "consent")
        return [(None, {"fields": ("name", "owner", "kind", term, *proof, "note")})]

    def get_form(self, request: Any, obj: Licence | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form; a new licence has its writer's name."""
        form = super().get_form(request, obj, change, **kwargs)
        return form if obj else type("NewLicence", (form,), {"created_by": request.user})

    def has_delete_permission(self, request: HttpRequest, obj: Licence | None = None) -> bool:
        """Keep what something is under: without it that would be aired for ever."""
        used = obj is not None and (obj.loops.exists() or obj.tracks.exists())
        return super().has_delete_permission(request, obj) and not used

    def delete_model(self, request: HttpRequest, obj: Licence) -> None:  # noqa: ARG002 - Django's signature
        """Forget it and its proof."""
        services.remove_licence(licence=obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Tell the page where the overview is."""
        address = partial(reverse, "admin:catalog_licence_overview")
        files = [(label, address(args=[form])) for label, form in (("CSV", "csv"), ("JSON", "jsonl"))]
        words = "Every loop and track with its licence"
        return super().changelist_view(request, {**(extra_context or {}), "files": files, "files_words": words})

    def get_urls(self) -> Any:
        """Add the overview and the proofs."""
        view = self.admin_site.admin_view
        return [
            path("overview.<slug:form>", view(partial(_overview, self)), name="catalog_licence_overview"),
            path("<uuid:licence>/proof/", view(partial(_proof, self)), name="catalog_licence_proof"),
            *super().get_urls(),
        ]

    @admin.display(description="State")
    def state_told(self, licence: Licence) -> SafeString:
        """Tell whether it holds."""
        return admin_cells.state(licence)

    @admin.display(description="Under it")
    def under(self, licence: Any) -> str:
        """Tell how much is under it."""
        parts = [(licence.loops_count, "loops"), (licence.tracks_count, "tracks")]
        return ", ".join(f"{count} {word if count != 1 else word[:-1]}" for count, word in parts if count) or "nothing"

    @admin.display(description="Until", ordering="valid_until")
    def until(self, licence: Licence) -> SafeString:
        """Tell when it ends."""
        return cells.ago(licence.valid_until)

    @admin.display(description="Proof")
    def proof_told(self, licence: Licence) -> SafeString:
        """Lead to the proof."""
        if licence.proof_file:
            url = reverse("admin:catalog_licence_proof", args=[licence.pk])
            return cells.link(url, licence.proof_name or "file")
        return cells.link(licence.proof_url, "page") if licence.proof_url else cells.EMPTY

    @admin.display(description="Under it")
    def items(self, licence: Licence) -> SafeString:
        """Name what is under it."""
        loops, tracks = services.items_under(licence)
        rows: list[Loop | Track] = [*loops[:SHOWN], *tracks[:SHOWN]]
        return cells.lines(cells.link(_page(row), row) for row in rows)

    @admin.display(description="Written down")
    def age(self, licence: Licence) -> SafeString:
        """Tell since when it is here."""
        return cells.ago(licence.created_at)


def _page(row: Loop | Track) -> str:
    return reverse(f"admin:catalog_{type(row).__name__.lower()}_change", args=[row.pk])


def _overview(screen: LicenceAdmin, request: HttpRequest, form: str) -> StreamingHttpResponse:
    if not screen.has_view_permission(request):
        raise PermissionDenied
    return sending.send_overview(request, form)


def _proof(screen: LicenceAdmin, request: HttpRequest, licence: UUID) -> FileResponse:
    if not screen.has_view_permission(request):
        raise PermissionDenied
    return sending.send_proof(get_object_or_404(Licence, pk=licence))
