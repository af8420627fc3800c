"""The screens of alerts: what is wrong now and what was, and where that is told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.urls import reverse

from config.lib import admin_cells as cells
from config.lib.admin_actions import done, press, report
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import FactsAdmin, ModelAdmin
from streaming.alerts import channels
from streaming.alerts.admin_forms import ChannelAddForm, ChannelForm
from streaming.alerts.models import Alert, AlertChannel, Severity

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

TONES: dict[str, cells.Tone] = {Severity.WARNING: "warn", Severity.ERROR: "fail", Severity.CRITICAL: "fail"}


class IsOpen(admin.SimpleListFilter):
    """What is wrong now, or what is over."""

    title = "now"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the two."""
        return [("1", "wrong now"), ("0", "over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:  # noqa: ARG002 - the same
        """Return the chosen ones."""
        return queryset.filter(closed_at__isnull=self.value() == "1") if self.value() else queryset


@admin.register(Alert)
class AlertAdmin(FactsAdmin[Alert]):
    """Alerts."""

    list_display = ("state", "wrong", "kind", "station", "opened", "lasted", "told")
    list_display_links = None
    list_filter = (IsOpen, "station")
    list_select_related = ("station",)
    search_fields = ("sentence", "kind", "subject")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        """Return the alerts with their messages."""
        return super().get_queryset(request).prefetch_related("messages__channel")

    @admin.display(description="State", ordering="closed_at")
    def state(self, alert: Alert) -> SafeString:
        """Tell whether it is wrong still, and how bad."""
        if not alert.is_open:
            return cells.state("Over", "quiet", hint=f"It was told as {alert.get_severity_display()}.")
        return cells.state(alert.get_severity_display().capitalize(), TONES[alert.severity], hint=alert.subject)

    @admin.display(description="What is wrong")
    def wrong(self, alert: Alert) -> str:
        """Tell it."""
        return alert.sentence

    @admin.display(description="Since", ordering="opened_at")
    def opened(self, alert: Alert) -> SafeString:
        """Tell when it began."""
        return cells.ago(alert.opened_at)

    @admin.display(description="Lasted")
    def lasted(self, alert: Alert) -> SafeString:
        """Tell how long."""
        if alert.closed_at is None:
            return cells.since(alert.opened_at)
        return cells.figure(cells.span((alert.closed_at - alert.opened_at).total_seconds()))

    @admin.display(description="Told to")
    def told(self, alert: Alert) -> SafeString:
        """Tell who heard of it, and who could not be reached."""
        found = [m for m in alert.messages.all() if not m.closing]
        words = {m.pk: "" if m.sent_at else " (not reached)" if m.given_up_at else " (waiting)" for m in found}
        return cells.lines(f"{m.channel.name}{words[m.pk]}" for m in found)


@admin.register(AlertChannel)
class AlertChannelAdmin(SavedByForm, ModelAdmin[AlertChannel]):
    """Where alerts are told."""

    list_display = ("state", "name", "kind", "to", "least", "failed")
    list_display_links = ("name",)
    actions = None
    actions_row = ("try_out",)
    actions_detail = ("try_out",)

    def get_form(self, request: Any, obj: AlertChannel | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that adds, or the one that changes."""
        return super().get_form(request, obj, change, **{**kwargs, "form": ChannelForm if obj else ChannelAddForm})

    def get_fieldsets(self, request: HttpRequest, obj: AlertChannel | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the fields in the order they are thought of."""
        first, last = (("name",), ("enabled",)) if obj else (("kind", "name"), ())
        return [(None, {"fields": (*first, "secret", "recipient", "least", *last)})]

    @press(name="Send a test message", icon="send")
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Tell it something."""
        channel = get_object_or_404(AlertChannel, pk=object_id)
        said = f"{channel.name}: the message was taken. Look whether it is there."
        report(request, partial(channels.try_channel, channel=channel), said=said)
        return done(request, reverse("admin:streaming_alertchannel_changelist"))

    @admin.display(description="State", ordering="enabled")
    def state(self, channel: AlertChannel) -> SafeString:
        """Tell whether alerts arrive."""
        if not channel.enabled:
            return cells.state("Off", "fail" if channel.last_error else "quiet", hint="Nothing is told here.")
        if channel.last_error:
            return cells.state("Failing", "warn", hint="The last message was not taken; it is tried again.")
        return cells.state("On", "ok", hint="Alerts are told here.")

    @admin.display(description="To")
    def to(self, channel: AlertChannel) -> str | SafeString:
        """Tell chat or mailbox; a webhook's address is a secret."""
        return channel.recipient or cells.EMPTY

    @admin.display(description="Last error")
    def failed(self, channel: AlertChannel) -> str | SafeString:
        """Tell what went wrong last."""
        return channel.last_error or cells.EMPTY
