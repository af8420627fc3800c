"""The screen of API keys: whose there are, what they may, when they were used; taken back, never shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.keys import api_keys
from accounts.keys.models import ApiKey
from accounts.keys.places import slugs_of
from accounts.keys.scopes import READ, WRITE
from config.lib import admin_cells as cells
from config.lib.admin_actions import ActionVariant, ask, done, report
from config.lib.admin_pages import FactsAdmin
from config.lib.admin_rows import may

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

WORDS = {READ: "look", WRITE: "everything its person may"}


@admin.register(ApiKey)
class ApiKeyAdmin(FactsAdmin[ApiKey]):
    """Everybody's keys. People make their own on the page of their account, and only they see one, once."""

    list_display = ("state", "told", "whose", "may_do", "where", "used", "until", "made")
    list_display_links = None
    exclude = ("digest",)
    list_filter = ("person",)
    list_select_related = ("person",)
    windowed = ("person",)
    search_fields = ("name", "prefix", "person__email")
    search_help_text = "Name, beginning or person, among the newest 20,000"
    actions_row = ("revoke",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may see keys."""
        return may(self, request, "accounts.view_apikey", obj)

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may take keys back."""
        return may(self, request, "accounts.change_apikey", obj)

    @ask(
        name="Revoke",
        title="Revoke this key?",
        sentence="Whatever uses it is refused from now on. A revoked key cannot be brought back.",
        button="Revoke the key",
        icon="key_off",
        variant=ActionVariant.DANGER,
        permissions=("revoke",),
    )
    def revoke(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take a key back."""
        key = get_object_or_404(ApiKey, pk=object_id)
        work = partial(api_keys.revoke_key, key=key, request=request)
        report(request, work, said=f"The key {key.name} of {key.person} is revoked.")
        return done(request, reverse("admin:accounts_apikey_changelist"))

    @admin.display(description="State", ordering="revoked_at")
    def state(self, key: ApiKey) -> SafeString:
        """Tell whether it opens anything."""
        if key.revoked_at is not None:
            return cells.state("Revoked", "quiet", hint="Requests with it are refused.")
        if not api_keys.holds(key):
            return cells.state("Run out", "quiet", hint="Requests with it are refused.")
        if key.replaced_by_id is not None:
            return cells.state("Replaced", "warn", hint="It works until its end; its successor works too.")
        return cells.state("Valid", "ok")

    @admin.display(description="Person", ordering="person__email")
    def whose(self, key: ApiKey) -> SafeString:
        """Tell whose it is."""
        return cells.link(reverse("admin:accounts_user_change", args=[key.person_id]), key.person.email)

    @admin.display(description="Key", ordering="name")
    def told(self, key: ApiKey) -> SafeString:
        """Tell what uses it, and its beginning to know it by."""
        return format_html('{}<br><code class="lw-sub">{}…</code>', key.name, key.prefix)

    @admin.display(description="May")
    def may_do(self, key: ApiKey) -> str:
        """Tell what it may."""
        return ", ".join(WORDS.get(action, action) for action in key.actions)

    @admin.display(description="At")
    def where(self, key: ApiKey) -> str:
        """Tell at which stations."""
        if not key.stations:
            return "all of theirs"
        known = slugs_of(key.person, key.stations)
        return ", ".join(known.get(station, "one they left") for station in key.stations)

    @admin.display(description="Used", ordering="used_at")
    def used(self, key: ApiKey) -> SafeString:
        """Tell when it was used last."""
        return cells.ago(key.used_at)

    @admin.display(description="Until", ordering="expires_at")
    def until(self, key: ApiKey) -> str:
        """Tell when it ends."""
        if key.expires_at is None:
            return "no end"
        return timezone.localtime(key.expires_at).strftime("%Y-%m-%d %H:%M")

    @admin.display(description="Made", ordering="created_at")
    def made(self, key: ApiKey) -> SafeString:
        """Tell when it was made."""
        return cells.ago(key.created_at)
