"""The screens of the record: changes, and what matters to security. Read only, and never counted."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from accounts.audit import words
from accounts.audit.admin_filters import KindFilter, StationFilter
from accounts.audit.exports import exported
from accounts.audit.models import Change, SecurityEvent
from accounts.signin.devices import device
from config.lib import admin_cells as cells
from config.lib.admin_pages import FactsAdmin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

TONES: dict[str, cells.Tone] = {"insert": "ok", "update": "quiet", "delete": "warn"}


class Exported:
    """A screen whose rows, as filtered, can be taken away as CSV or as JSON lines."""

    list_before_template = "admin/audit/export.html"

    def get_urls(self: Any) -> Any:
        """Add the files."""
        name = f"accounts_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(partial(exported, self))
        return [path("export.<slug:form>", view, name=name), *super().get_urls()]  # type: ignore[misc]  # beside a screen

    def changelist_view(self: Any, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Tell the page where the files are."""
        address = partial(reverse, f"admin:accounts_{self.opts.model_name}_export")
        filters = request.GET.urlencode()
        files = [(label, f"{address(args=[form])}?{filters}") for label, form in (("CSV", "csv"), ("JSON", "jsonl"))]
        return super().changelist_view(request, {**(extra_context or {}), "files": files})  # type: ignore[misc,no-any-return]  # the same


@admin.register(Change)
class ChangeAdmin(Exported, FactsAdmin[Change]):
    """Changes: what became of which row, who did it, and from where."""

    list_display = ("when", "what_happened", "subject", "columns", "by", "from_where")
    list_filter = (KindFilter, "action", StationFilter, "door", "at")
    windowed = ("action", "door")
    search_fields = ("object_name", "who", "path")
    search_help_text = "Name, person or path, among the newest 20,000"
    fields = (
        ("when", "what_happened"),
        ("subject", "object_told"),
        "told",
        ("by", "from_where"),
        ("path", "key"),
        "siblings",
    )
    readonly_fields = tuple(name for line in fields for name in (line if isinstance(line, tuple) else (line,)))

    @admin.display(description="When")
    def when(self, change: Change) -> SafeString:
        """Tell when."""
        return cells.ago(change.at)

    @admin.display(description="What")
    def what_happened(self, change: Change) -> SafeString:
        """Tell what became of it."""
        return cells.state(change.get_action_display().capitalize(), TONES[change.action])

    @admin.display(description="Of")
    def subject(self, change: Change) -> SafeString:
        """Name the thing; leads to all that happened to it."""
        page = reverse("admin:accounts_change_changelist")
        history = f"{page}?{urlencode({'kind': change.kind, 'object_id': change.object_id})}"
        name = change.object_name or change.object_id
        return format_html("{} {}", words.kind(change.kind), cells.link(history, name))

    @admin.display(description="Changed")
    def columns(self, change: Change) -> str:
        """Tell which columns."""
        return words.columns_of(change) if change.action == Change.Action.UPDATE else ""

    @admin.display(description="Values")
    def told(self, change: Change) -> SafeString:
        """Tell each column's value before and after; of a secret only that it changed."""
        return cells.lines(_told(change, name, pair) for name, pair in sorted(change.changes.items()))

    @admin.display(description="By")
    def by(self, change: Change) -> str | SafeString:
        """Tell who did it."""
        return f"{change.who} by key {change.key}…" if change.key else change.who or cells.EMPTY

    @admin.display(description="From")
    def from_where(self, change: Change) -> str:
        """Tell by which door, and from which address."""
        door = words.DOORS.get(change.door, change.door)
        return f"{door}, {change.ip}" if change.ip else door

    @admin.display(description="Id")
    def object_told(self, change: Change) -> SafeString:
        """Give the thing's id."""
        return cells.identifier(change.object_id)

    @admin.display(description="Together with")
    def siblings(self, change: Change) -> SafeString:
        """Lead to what was changed in the same transaction."""
        page = reverse("admin:accounts_change_changelist")
        return cells.link(f"{page}?{urlencode({'together': change.together})}", "what was changed in the same go")


@admin.register(SecurityEvent)
class SecurityEventAdmin(Exported, FactsAdmin[SecurityEvent]):
    """Security events: sign-ins, refusals, keys, roles."""

    list_display = ("when", "told", "result", "who", "address", "browser", "path")
    list_filter = ("kind", "outcome", "at")
    windowed = ("outcome",)
    search_fields = ("who", "ip", "path")
    search_help_text = "Person, address or path, among the newest 20,000"
    fields = (("when", "told"), ("result", "who"), ("address", "path"), "browser", "details")
    readonly_fields = ("when", "told", "result", "who", "address", "path", "browser", "details")

    @admin.display(description="When")
    def when(self, event: SecurityEvent) -> SafeString:
        """Tell when."""
        return cells.ago(event.at)

    @admin.display(description="What", ordering="kind")
    def told(self, event: SecurityEvent) -> str:
        """Tell what happened."""
        return event.kind.replace("_", " ").capitalize()

    @admin.display(description="Result")
    def result(self, event: SecurityEvent) -> SafeString:
        """Tell whether it went through."""
        refused = event.outcome == SecurityEvent.Outcome.REFUSED
        return cells.state("Refused", "warn") if refused else cells.state("Done", "ok")

    @admin.display(description="From")
    def address(self, event: SecurityEvent) -> str | SafeString:
        """Give the caller's address."""
        return event.ip or cells.EMPTY

    @admin.display(description="Browser")
    def browser(self, event: SecurityEvent) -> SafeString:
        """Give browser and system; what the caller said of itself, word for word, on hover."""
        if not event.agent:
            return cells.EMPTY
        return format_html('<span title="{}">{}</span>', event.agent, device(event.agent))

    @admin.display(description="Details")
    def details(self, event: SecurityEvent) -> SafeString:
        """Give what else was noted."""
        return cells.log(json.dumps(event.detail, indent=2, ensure_ascii=False)) if event.detail else cells.EMPTY


def _told(change: Change, name: str, pair: Any) -> SafeString:
    label = words.column(change.kind, name)
    if not isinstance(pair, list):
        return format_html("{}: <em>hidden, it is a secret or private</em>", label)
    before, after = (words.value(change.kind, name, side) for side in pair)
    if change.action == Change.Action.INSERT:
        return format_html("{}: {}", label, after)
    if change.action == Change.Action.DELETE:
        return format_html("{}: {}", label, before)
    return format_html("{}: {} → {}", label, before, after)
