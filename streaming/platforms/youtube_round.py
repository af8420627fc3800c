"""One round of work for a YouTube account: streams and destinations, health, broadcasts, viewers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from streaming.platforms import broadcasting, health, plans, quota
from streaming.platforms.errors import QuotaSpentError, RefusedError
from streaming.platforms.models import Broadcast, Kind, PlatformAccount, PlatformPlan
from streaming.platforms.youtube import Client, Stream

if TYPE_CHECKING:
    from datetime import datetime

SHORTEST_LOOK = timedelta(seconds=10)
UNITS_A_LOOK = 2


def run(account: PlatformAccount, token: str) -> None:
    """Do what is due.

    1. every plan has a reusable stream and a destination that sends there; 2. look how streams and broadcasts
    are, if it is time to; 3. take the broadcasts on; 4. count viewers, if it is time to.
    """
    acting = Client(token, quota.purse(account))
    looking = Client(token, quota.purse(account, looking=True))
    found = plans.plans_of(account)
    for plan in found:
        is_needed = plan.destination is None or plans.is_wanted(plan)
        if is_needed and not plan.stream_id and plans.may_try(plan, timezone.now()):
            _find_or_make_stream(plan, acting)
    _look_if_due(account, found, looking)
    for plan in found:
        broadcasting.advance(plan, acting)
    _count_if_due(account, found, looking)


def stream_title(plan: PlatformPlan) -> str:
    """Return what our stream is called at YouTube; it is found again by this, should its making go unheard."""
    return f"Longwave {plan.station.slug} {str(plan.pk)[:8]}"[:128]


def look_interval(account: PlatformAccount, found: list[PlatformPlan], now: datetime) -> timedelta:
    """Return how long to wait until the next look; a third of the usual while something is about to change."""
    connected = PlatformAccount.State.CONNECTED
    accounts = PlatformAccount.objects.filter(platform=account.platform, state=connected).count()
    usual = quota.interval(quota.left(now), now, accounts=max(1, accounts), units=UNITS_A_LOOK)
    if any(broadcasting.is_unsettled(plan) for plan in found):
        return max(SHORTEST_LOOK, usual / 3)
    return usual


def _find_or_make_stream(plan: PlatformPlan, client: Client) -> None:
    title = stream_title(plan)
    try:
        stream = next((s for s in client.own_streams() if s.title == title), None) or client.make_stream(title)
    except RefusedError as error:
        plans.fail(plan, error.detail)
        return
    if _send_there(plan, stream):
        plan.stream_id = stream.id
        plan.save(update_fields=["stream_id"])
        plans.succeed(plan)


def _send_there(plan: PlatformPlan, stream: Stream) -> bool:
    return plans.send_to(plan, url=stream.address, key=stream.key, backup_url=stream.backup, name=Kind.YOUTUBE.label)


def _look_if_due(account: PlatformAccount, found: list[PlatformPlan], client: Client) -> None:
    now = timezone.now()
    watched = [p for p in found if p.stream_id and (plans.is_wanted(p) or broadcasting.open_broadcasts(p))]
    if not watched or (account.health_due_at and account.health_due_at > now):
        return
    try:
        _look(watched, client)
    except QuotaSpentError as error:
        _pause(account, error)
        return
    _due(account, "health_due_at", look_interval(account, watched, timezone.now()))


def _look(watched: list[PlatformPlan], client: Client) -> None:
    streams = {stream.id: stream for stream in client.streams(plan.stream_id for plan in watched)}
    ids = [b.video_id for plan in watched for b in broadcasting.open_broadcasts(plan) if b.video_id]
    told = {video.id: video for video in client.videos(ids)}
    for plan in watched:
        broadcasting.settle(plan, told)
        stream = streams.get(plan.stream_id)
        if stream is None:
            plan.stream_id = ""
            plan.save(update_fields=["stream_id"])
            plans.fail(plan, "The stream is gone: it was deleted at YouTube. A new one is made.")
            continue
        _send_there(plan, stream)
        is_live = stream.status == health.ACTIVE and stream.health != health.NO_DATA
        health.keep(plan, is_live=is_live, status=stream.status, health=stream.health, issues=stream.issues)


def _count_if_due(account: PlatformAccount, found: list[PlatformPlan], client: Client) -> None:
    now = timezone.now()
    live = {b.plan_id: b for b in Broadcast.objects.filter(plan__in=found, state=Broadcast.State.LIVE).order_by("id")}
    if not live or (account.viewers_due_at and account.viewers_due_at > now):
        return
    try:
        watching = client.viewers(b.video_id for b in live.values())
    except QuotaSpentError as error:
        _pause(account, error)
        return
    for plan in found:
        if plan.pk in live:
            plans.count_viewers(plan, watching.get(live[plan.pk].video_id))
    _due(account, "viewers_due_at", plans.VIEWERS_EVERY)


def _pause(account: PlatformAccount, error: QuotaSpentError) -> None:
    """Stop looking until the next day; what has to be done is still done, from the reserve."""
    if error.is_told or quota.left(timezone.now()).is_spent:
        raise error
    account.problem, account.problem_at = error.detail, timezone.now()
    account.health_due_at = account.viewers_due_at = error.until
    account.save(update_fields=["problem", "problem_at", "health_due_at", "viewers_due_at"])


def _due(account: PlatformAccount, field: str, wait: timedelta) -> None:
    setattr(account, field, timezone.now() + wait)
    account.save(update_fields=[field])
