"""The screens of presenters: their keys, and every time one took a station over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from config.lib import admin_cells as cells
from config.lib.admin_actions import ActionVariant, ask, done, report
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import FactsAdmin, ModelAdmin
from config.lib.admin_rows import may
from streaming.ingest import services
from streaming.ingest.admin_forms import PresenterKeyForm
from streaming.ingest.models import PresenterKey, Takeover

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

ENDS: dict[str, cells.Tone] = {
    Takeover.End.STOPPED: "quiet",
    Takeover.End.REPLACED: "quiet",
    Takeover.End.REVOKED: "quiet",
    Takeover.End.ENDED: "quiet",
    Takeover.End.STALLED: "warn",
    Takeover.End.UNUSABLE: "fail",
}


@admin.register(PresenterKey)
class PresenterKeyAdmin(SavedByForm, ModelAdmin[PresenterKey]):
    """Presenters' keys: made, shown once, taken back; never changed."""

    form = PresenterKeyForm
    list_display = ("state", "name", "station", "masked", "used", "made")
    list_display_links = None
    list_filter = ("station",)
    list_select_related = ("station",)
    search_fields = ("name", "station__name", "station__slug")
    list_before_template = "admin/streaming/presenterkey/server.html"
    actions = None
    actions_row = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PresenterKey]:
        """Return the keys, those that open the door first."""
        return super().get_queryset(request).order_by("revoked_at", "station__name", "name")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Tell the server's address above the list, or how to switch takeovers on."""
        return super().changelist_view(request, {"ingest_url": settings.INGEST.url, **(extra_context or {})})

    def has_change_permission(self, request: HttpRequest, obj: PresenterKey | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """A key is taken back, not changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PresenterKey | None = None) -> bool:  # noqa: ARG002 - the same
        """A key is taken back; who had one stays on record."""
        return False

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may take keys back."""
        return may(self, request, "streaming.change_presenterkey", obj)

    def get_form(self, request: Any, obj: PresenterKey | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form, which knows who makes the key."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.made_by = request.user
        return form

    def response_add(self, request: Any, obj: PresenterKey, post_url_continue: str | None = None) -> Any:  # noqa: ARG002 - the same
        """Show the key, this once: it is kept nowhere in the clear."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Stream key of {obj.name}",
            "presenter": obj,
            "key": getattr(obj, "shown_once", ""),
            "server": settings.INGEST.url,
        }
        shown = TemplateResponse(request, "admin/streaming/presenterkey/key.html", context)
        shown["Cache-Control"] = "no-store"
        return shown

    @ask(
        name="Revoke",
        title="Revoke this key?",
        sentence="Nobody can publish with it any more. If its presenter is on air, the station goes back to its own "
        "sound and loops now. A revoked key cannot be brought back; a new one is made in a moment.",
        button="Revoke the key",
        icon="key_off",
        variant=ActionVariant.DANGER,
        permissions=("revoke",),
    )
    def revoke(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take a key back."""
        key = get_object_or_404(PresenterKey, pk=object_id)
        report(request, partial(services.revoke_presenter_key, key=key), said=f"The key of {key.name} is revoked.")
        return done(request, reverse("admin:streaming_presenterkey_changelist"))

    @admin.display(description="State", ordering="revoked_at")
    def state(self, key: PresenterKey) -> SafeString:
        """Tell whether it opens the door."""
        if key.revoked_at is not None:
            return cells.state("Revoked", "quiet", hint="Publishing with it is refused.")
        return cells.state("Valid", "ok", hint="Its presenter may take the station over.")

    @admin.display(description="Key")
    def masked(self, key: PresenterKey) -> SafeString:
        """Show its end to tell it by."""
        return format_html("<code>••••{}</code>", key.hint)

    @admin.display(description="Last used", ordering="last_used_at")
    def used(self, key: PresenterKey) -> SafeString:
        """Tell when somebody published with it last."""
        return cells.ago(key.last_used_at)

    @admin.display(description="Made", ordering="created_at")
    def made(self, key: PresenterKey) -> SafeString:
        """Tell when it was made."""
        return cells.ago(key.created_at)


@admin.register(Takeover)
class TakeoverAdmin(FactsAdmin[Takeover]):
    """Takeovers."""

    list_display = ("state", "presenter", "station", "came", "lasted", "pictures", "address")
    list_display_links = None
    list_filter = ("station",)
    list_select_related = ("station", "key")
    actions_row = ("end",)

    def has_end_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may take a presenter off the air."""
        return may(self, request, "streaming.change_takeover", obj)

    @ask(
        name="End takeover",
        title="End this takeover?",
        sentence="The station goes back to its own sound and loops. The presenter's program goes on sending until it "
        "is stopped, and may come again; revoke the key to keep it out.",
        button="End the takeover",
        icon="cancel_presentation",
        variant=ActionVariant.WARNING,
        permissions=("end",),
    )
    def end(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take a presenter off the air."""
        takeover = get_object_or_404(Takeover, pk=object_id)
        work = partial(services.end_takeover, takeover=takeover, end=Takeover.End.ENDED)
        report(request, work, said="The takeover is ended.")
        return done(request, reverse("admin:streaming_takeover_changelist"))

    @admin.display(description="State", ordering="ended_at")
    def state(self, takeover: Takeover) -> SafeString:
        """Tell whether it is on air, or how it ended."""
        if takeover.ended_at is not None:
            word = str(takeover.get_end_display())
            return cells.state(word[:1].upper() + word[1:], ENDS.get(takeover.end, "quiet"))
        if takeover.on_air_at is None:
            return cells.state("Connected", "busy", hint="It goes on air with its next keyframe.")
        return cells.state("On air", "ok", hint="Picture and sound go out.")

    @admin.display(description="Presenter", ordering="key__name")
    def presenter(self, takeover: Takeover) -> str:
        """Tell who."""
        return takeover.key.name if takeover.key else "–"

    @admin.display(description="Came", ordering="published_at")
    def came(self, takeover: Takeover) -> SafeString:
        """Tell when it began."""
        return cells.ago(takeover.published_at)

    @admin.display(description="On air")
    def lasted(self, takeover: Takeover) -> SafeString:
        """Tell for how long it was on air."""
        if takeover.on_air_at is None:
            return cells.EMPTY
        if takeover.ended_at is None:
            return cells.since(takeover.on_air_at)
        return cells.figure(cells.span((takeover.ended_at - takeover.on_air_at).total_seconds()))

    @admin.display(description="Picture")
    def pictures(self, takeover: Takeover) -> str | SafeString:
        """Tell how its pictures go out."""
        if takeover.copied is None:
            return cells.EMPTY
        return "copied" if takeover.copied else "encoded anew"
