"""What a platform says of a stream beside what we see: kept, judged, and told when the two differ."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from streaming.alerts.models import Severity
from streaming.alerts.services import close_alert, open_alert
from streaming.nodes.models import Encoder
from streaming.platforms.models import Kind, PlatformPlan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from streaming.outputs.models import Destination

OFFLINE = "platform-offline"
ACTIVE, NO_DATA = "active", "noData"
# Twitch tells of a stream's begin and end with up to three minutes' delay: its answers are cached.
PATIENCE = {Kind.YOUTUBE: timedelta(seconds=60), Kind.TWITCH: timedelta(minutes=3)}
# A word that is older says nothing any more: the platform could not be asked.
FRESH = timedelta(minutes=10)
# An encoder reports each second; one that has not for so long may be gone, and so may its connection.
HEARD = timedelta(seconds=30)


def is_sending(destination: Destination | None, now: datetime) -> bool:
    """Tell whether we see the stream arrive: connected, and heard of a moment ago. Needs ``station.encoder``."""
    if destination is None or not destination.enabled or not destination.connected:
        return False
    encoder = Encoder.objects.filter(station_id=destination.station_id, state=Encoder.State.RUNNING).first()
    return encoder is not None and encoder.seen_at is not None and now - encoder.seen_at < HEARD


def keep(plan: PlatformPlan, *, is_live: bool, status: str, health: str, issues: Iterable[dict[str, Any]]) -> None:
    """Keep what the platform says now, and open or close the alert that follows from it."""
    now = timezone.now()
    if plan.is_live_there != is_live or plan.there_since is None:
        plan.there_since = now
    plan.is_live_there, plan.stream_status, plan.health = is_live, status, health
    plan.issues, plan.checked_at = list(issues), now
    plan.save(update_fields=["is_live_there", "there_since", "stream_status", "health", "issues", "checked_at"])
    judge(plan, now)


def forget(plan: PlatformPlan) -> None:
    """Let what the platform said last count no more: nobody asks it now."""
    PlatformPlan.objects.filter(pk=plan.pk).update(is_live_there=None, there_since=None, viewers=None)
    plan.is_live_there = plan.there_since = plan.viewers = None
    if plan.destination_id:
        close_alert(kind=OFFLINE, subject=_subject(plan))


def judge(plan: PlatformPlan, now: datetime) -> bool:
    """Open the alert if we send and nothing arrives there, close it if not; tell whether it is open."""
    is_offline = is_green_here_offline_there(plan, now)
    if is_offline:
        open_alert(
            kind=OFFLINE,
            subject=_subject(plan),
            severity=Severity.ERROR,
            sentence=offline_sentence(plan),
            station=plan.station,
        )
    elif plan.destination_id:
        close_alert(kind=OFFLINE, subject=_subject(plan))
    return is_offline


def is_green_here_offline_there(plan: PlatformPlan, now: datetime) -> bool:
    """Tell whether our connection has been up for longer than the platform needs, and it still shows nothing.

    A word of the platform from before we were up that long says nothing.
    """
    destination = plan.destination
    if destination is None or plan.is_live_there is not False or plan.checked_at is None:
        return False
    if destination.connected_since is None or not is_sending(destination, now):
        return False
    patience = PATIENCE[Kind(plan.account.platform)]
    return now - plan.checked_at < FRESH and plan.checked_at - destination.connected_since > patience


def offline_sentence(plan: PlatformPlan) -> str:
    """Say what is wrong and what to do."""
    name, where = plan.station.name, plan.account.get_platform_display()
    said = f" It says: stream {plan.stream_status or 'unknown'}" if plan.account.platform == Kind.YOUTUBE else ""
    said += f", {plan.health}." if said and plan.health else "." if said else ""
    return (
        f"{name} is connected to {where}, but {plan.account.name} is offline there: viewers see nothing.{said} "
        "Check that nothing else uses the stream key and that the channel may stream, then let the destination "
        "connect anew."
    )


def _subject(plan: PlatformPlan) -> str:
    return f"destination:{plan.destination_id}"
