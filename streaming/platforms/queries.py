"""What pages and the API read of the platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from streaming.platforms.models import Broadcast, Kind, PlatformAccount, PlatformPlan

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from streaming.stations.models import Station

State = Broadcast.State


def plans_shown(plans: QuerySet[PlatformPlan] | None = None) -> QuerySet[PlatformPlan]:
    """Return plans (all, or these) with all that is told of them, broadcasts that are not over as ``open_ones``."""
    open_ones = Broadcast.objects.exclude(state=State.COMPLETE).order_by("id")
    rows = (PlatformPlan.objects.all() if plans is None else plans).select_related("account", "station", "destination")
    return rows.prefetch_related(Prefetch("broadcasts", open_ones, to_attr="open_ones"))


def where_to_watch(station: Station) -> list[dict[str, str]]:
    """Return where listeners can watch a station now: ``{"name", "url"}``; only what is live and public. One query."""
    found = []
    for plan in plans_shown().filter(station=station, is_live_there=True).order_by("created_at"):
        url = _public_url(plan)
        if url:
            found.append({"name": plan.account.get_platform_display(), "url": url})
    return found


def accounts_in_need() -> QuerySet[PlatformAccount]:
    """Return the accounts that somebody has to connect again."""
    return PlatformAccount.objects.filter(state=PlatformAccount.State.AGAIN)


def plans_in_need() -> QuerySet[PlatformPlan]:
    """Return the plans of stations on air with a problem."""
    wanted = PlatformPlan.objects.filter(station__wanted_on_air=True, account__state=PlatformAccount.State.CONNECTED)
    return wanted.exclude(problem="").select_related("account", "station")


def _public_url(plan: PlatformPlan) -> str:
    if plan.account.platform == Kind.TWITCH:
        return f"https://www.twitch.tv/{plan.account.login}"
    shown: list[Broadcast] = getattr(plan, "open_ones", [])
    live = [b for b in shown if b.state == State.LIVE and b.privacy == PlatformPlan.Privacy.PUBLIC]
    return live[-1].url if live else ""
