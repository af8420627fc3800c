"""A station on air with its plan, and time that passes when a test says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from streaming.nodes.models import Encoder
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.platforms.models import Broadcast, PlatformAccount, PlatformPlan
from streaming.platforms.rounds import run_round
from streaming.platforms.services import add_plan
from streaming.stations.models import Station
from tests.factories import make_station


def station_on_air(slug: str = "night-fm") -> Station:
    station = make_station(slug, state=Encoder.State.RUNNING, wanted_on_air=True)
    now = timezone.now()
    Encoder.objects.filter(station=station).update(seen_at=now, started_at=now - timedelta(hours=2))
    return station


def plan_at(account: PlatformAccount, station: Station, **wishes: Any) -> PlatformPlan:
    return add_plan(station=station, account=account, **wishes)


def sending(plan: PlatformPlan, *, for_seconds: float = 90) -> Destination:
    """Let our side be up."""
    plan.refresh_from_db()
    assert plan.destination is not None
    since = timezone.now() - timedelta(seconds=for_seconds)
    Destination.objects.filter(pk=plan.destination.pk).update(connected=True, state="up", connected_since=since)
    Encoder.objects.filter(station=plan.station_id).update(seen_at=timezone.now())
    return Destination.objects.get(pk=plan.destination.pk)


def key_at(plan: PlatformPlan) -> str:
    """The stream key that the plan's destination sends with now."""
    plan.refresh_from_db()
    assert plan.destination is not None
    return stream_key(plan.destination)


def round_now(account: PlatformAccount) -> PlatformAccount:
    """A round in which everything is due, pauses after refusals too; return the account as it is then."""
    PlatformAccount.objects.filter(pk=account.pk).update(health_due_at=None, viewers_due_at=None, waits_until=None)
    account.plans.update(next_try_at=None)
    assert run_round(account_id=account.pk)
    account.refresh_from_db()
    return account


def been_active(plan: PlatformPlan, *, seconds: float = 60) -> None:
    """Let YouTube have had the picture for so long."""
    PlatformPlan.objects.filter(pk=plan.pk).update(there_since=timezone.now() - timedelta(seconds=seconds))


def live_plan(account: PlatformAccount, station: Station, server: Any, **wishes: Any) -> PlatformPlan:
    """A plan whose first broadcast is live."""
    plan = plan_at(account, station, **wishes)
    round_now(account)
    sending(plan)
    plan.refresh_from_db()
    server.picture(plan.stream_id)
    round_now(account)
    been_active(plan)
    round_now(account)
    assert [b.state for b in plan.broadcasts.all()] == [Broadcast.State.LIVE]
    plan.refresh_from_db()
    return plan
