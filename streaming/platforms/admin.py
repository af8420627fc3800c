"""The screens of the platforms: connected channels, and what is wanted there for each station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from config.lib import admin_cells as cells
from config.lib.admin_actions import ActionVariant, ask, done
from config.lib.admin_forms import SavedByForm
from config.lib.admin_pages import ModelAdmin, ReadOnly
from config.lib.admin_rows import may
from streaming.platforms import admin_connect, connecting, queries, quota, services, told
from streaming.platforms.admin_forms import PlanAddForm, TwitchPlanForm, YouTubePlanForm
from streaming.platforms.models import Broadcast, Kind, PlatformAccount, PlatformPlan

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

TONES: dict[str, cells.Tone] = {Broadcast.State.LIVE: "ok", Broadcast.State.COMPLETE: "quiet"}


@admin.register(PlatformAccount)
class PlatformAccountAdmin(ReadOnly, ModelAdmin[PlatformAccount]):
    """Connected channels: connected and disconnected, never typed."""

    list_display = ("state_told", "name", "platform", "why", "stations", "used", "connected")
    list_display_links = None
    list_filter = ("platform", "state")
    search_fields = ("name", "login", "external_id")
    list_before_template = "admin/streaming/platformaccount/connect.html"
    actions = None
    actions_row = ("disconnect",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlatformAccount]:
        """Return the accounts with their stations."""
        return super().get_queryset(request).prefetch_related("plans__station", "quota")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Offer the platforms that are set up."""
        return super().changelist_view(request, {**admin_connect.offered(self, request), **(extra_context or {})})

    def get_urls(self) -> Any:
        """Add the pages on which a channel is connected."""
        return [*admin_connect.urls(self), *super().get_urls()]

    def has_disconnect_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell who may disconnect."""
        return may(self, request, "streaming.change_platformaccount", obj)

    @ask(
        name="Disconnect",
        title="Disconnect this channel?",
        sentence="Longwave forgets its access and gives it back. Streams go on as they are, but broadcasts are no "
        "longer begun or ended, titles no longer set, and nothing is watched from the platform's side.",
        button="Disconnect",
        icon="link_off",
        variant=ActionVariant.DANGER,
        permissions=("disconnect",),
    )
    def disconnect(self, request: HttpRequest, _form: forms.Form, object_id: str) -> HttpResponse:
        """Take the leave back."""
        account = get_object_or_404(PlatformAccount, pk=object_id)
        messages.success(request, connecting.disconnect(account=account))
        return done(request, reverse("admin:streaming_platformaccount_changelist"))

    @admin.display(description="State", ordering="state")
    def state_told(self, account: PlatformAccount) -> SafeString:
        """Tell whether we may act for it."""
        return told.account_state(account).cell()

    @admin.display(description="Why")
    def why(self, account: PlatformAccount) -> SafeString:
        """Tell what stops us, and since when."""
        if not account.problem:
            return cells.EMPTY
        return format_html('<span class="lw-sentence">{}</span> {}', account.problem, cells.ago(account.problem_at))

    @admin.display(description="Stations")
    def stations(self, account: PlatformAccount) -> SafeString:
        """Tell what it is used for."""
        plans = account.plans.all()
        pages = (cells.link(reverse("admin:streaming_platformplan_change", args=[p.pk]), p.station) for p in plans)
        return cells.lines(pages)

    @admin.display(description="Quota today")
    def used(self, account: PlatformAccount) -> SafeString:
        """Tell how many units it took today."""
        if account.platform != Kind.YOUTUBE:
            return cells.EMPTY
        today = quota.day_of(timezone.now())
        return cells.figure(f"{next((use.units for use in account.quota.all() if use.day == today), 0):,} units")

    @admin.display(description="Connected", ordering="connected_at")
    def connected(self, account: PlatformAccount) -> SafeString:
        """Tell since when."""
        return cells.ago(account.connected_at)


@admin.register(PlatformPlan)
class PlatformPlanAdmin(SavedByForm, ModelAdmin[PlatformPlan]):
    """What is wanted at YouTube and Twitch, station by station."""

    list_display = ("state", "station", "account", "why", "watch", "viewers_told", "checked")
    list_display_links = ("station",)
    list_filter = ("station", "account__platform")
    search_fields = ("station__name", "account__name")
    readonly_fields = ("station", "account", "sends_to", "state", "why", "watch", "viewers_told", "found", "recent")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlatformPlan]:
        """Return the plans with what is told of them."""
        return queries.plans_shown(super().get_queryset(request))

    def get_form(self, request: Any, obj: PlatformPlan | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form that adds, or the platform's own."""
        form: Any = PlanAddForm
        if obj:
            form = YouTubePlanForm if obj.account.platform == Kind.YOUTUBE else TwitchPlanForm
        return super().get_form(request, obj, change, **{**kwargs, "form": form, "fields": None})

    def get_readonly_fields(self, request: HttpRequest, obj: PlatformPlan | None = None) -> Any:  # noqa: ARG002 - the same
        """Return what is only told."""
        return self.readonly_fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: PlatformPlan | None = None) -> Any:  # noqa: ARG002 - the same
        """Return the groups of fields; each platform has its own."""
        if obj is None:
            return [(None, {"fields": ("station", "account", "destination")})]
        place: Any = ("Where", {"fields": ("station", "account", "sends_to")})
        if obj.account.platform == Kind.TWITCH:
            now: Any = ("Now", {"fields": (("state", "viewers_told"), "why", "watch")})
            return [now, ("Channel", {"fields": ("title", "follow_tracks", "category", "tags")}), place]
        now = ("Now", {"fields": (("state", "viewers_told"), "why", "found", "recent")})
        wishes = ("title", "description", ("privacy", "latency"), ("rollover_minutes", "dvr"), "picture")
        return [now, ("Broadcasts", {"fields": wishes}), place]

    def response_add(self, request: Any, obj: PlatformPlan, post_url_continue: str | None = None) -> Any:  # noqa: ARG002 - the same
        """Go on to the title and the rest."""
        messages.success(request, f"{obj.station} is looked after at {obj.account}. Say below how it is shown there.")
        return HttpResponseRedirect(reverse("admin:streaming_platformplan_change", args=[obj.pk]))

    def delete_model(self, request: HttpRequest, obj: PlatformPlan) -> None:  # noqa: ARG002 - the same
        """Stop looking after it."""
        services.remove_plan(plan=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PlatformPlan]) -> None:
        """Stop looking after several."""
        for plan in queryset:
            self.delete_model(request, plan)

    @admin.display(description="There")
    def state(self, plan: PlatformPlan) -> SafeString:
        """Tell how the platform sees the stream."""
        return told.plan_state(plan).cell()

    @admin.display(description="Why")
    def why(self, plan: PlatformPlan) -> SafeString:
        """Say it in a sentence."""
        return format_html('<span class="lw-sentence">{}</span>', told.plan_state(plan).sentence)

    @admin.display(description="Destination")
    def sends_to(self, plan: PlatformPlan) -> SafeString | str:
        """Lead to what is sent there."""
        if plan.destination is None:
            return "It is made in a moment."
        return cells.link(reverse("admin:streaming_destination_change", args=[plan.destination_id]), plan.destination)

    @admin.display(description="Watch")
    def watch(self, plan: PlatformPlan) -> SafeString:
        """Lead to what is live."""
        if plan.account.platform == Kind.TWITCH:
            return cells.link(f"https://www.twitch.tv/{plan.account.login}", plan.account.login)
        live = next((b for b in plan.broadcasts.all() if b.state == Broadcast.State.LIVE), None)
        return cells.link(live.url, live.video_id) if live else cells.EMPTY

    @admin.display(description="Viewers")
    def viewers_told(self, plan: PlatformPlan) -> SafeString:
        """Tell how many watch."""
        return cells.EMPTY if plan.viewers is None else cells.figure(plan.viewers)

    @admin.display(description="Asked", ordering="checked_at")
    def checked(self, plan: PlatformPlan) -> SafeString:
        """Tell when the platform was asked last."""
        return cells.ago(plan.checked_at)

    @admin.display(description="What YouTube finds")
    def found(self, plan: PlatformPlan) -> SafeString:
        """List its complaints, each with the remedy."""
        return told.issues(plan)

    @admin.display(description="Broadcasts")
    def recent(self, plan: PlatformPlan) -> SafeString:
        """List the newest broadcasts."""
        rows = plan.broadcasts.order_by("-id")[:5]
        return cells.lines(map(_told, rows))


def _told(broadcast: Broadcast) -> SafeString:
    word = str(broadcast.get_state_display())
    state = cells.state(word[:1].upper() + word[1:], TONES.get(broadcast.state, "busy"), hint=broadcast.problem)
    title = cells.link(broadcast.url, broadcast.title) if broadcast.url else broadcast.title
    return format_html("{} {} {}", state, title, cells.ago(broadcast.live_at or broadcast.created_at))
