"""What the beat has done for the nodes: notice the silent ones, remind of stations nobody runs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from config.lib.notify import notify
from streaming.asrun.models import ErrorEntry
from streaming.nodes import leases
from streaming.nodes.models import Encoder
from streaming.stations.models import Station


@dataclass(frozen=True)
class Reconciled:
    """How many encoders were marked as crashed, and how many stations wait for a node."""

    crashed: int
    waiting: int


@transaction.atomic
def reconcile_encoders() -> Reconciled:
    """Compare wanted and actual state from outside of any node.

    1. An encoder whose node's lease ran out is marked CRASHED, with one entry in the error log.
    2. A station that is wanted and that no node holds is called out to the nodes.
    """
    crashed = 0
    if leases.database_is_warm():
        lapsed = Encoder.objects.filter(lease_until__lt=Now(), state__in=leases.ON_AIR)
        for encoder in lapsed.select_for_update(of=("self",), skip_locked=True).select_related("node", "station"):
            _mark_crashed(encoder)
            crashed += 1
    free = Q(encoder=None) | Q(encoder__lease_until=None) | Q(encoder__lease_until__lt=Now())
    waiting = list(Station.objects.filter(free, wanted_on_air=True).values_list("pk", flat=True))
    for station in waiting:
        notify(station=str(station), what="control")
    return Reconciled(crashed=crashed, waiting=len(waiting))


def _mark_crashed(encoder: Encoder) -> None:
    now = timezone.now()
    node = encoder.node.name if encoder.node else "unknown"
    encoder.state, encoder.state_since, encoder.pid = Encoder.State.CRASHED, now, None
    encoder.save(update_fields=["state", "state_since", "pid"])
    seen = f"{encoder.seen_at:%Y-%m-%d %H:%M:%S} UTC" if encoder.seen_at else "its start"
    ErrorEntry.objects.create(
        station=encoder.station,
        run_id=encoder.run_id,
        timestamp=now,
        service="beat",
        severity=ErrorEntry.Severity.CRITICAL,
        message=f"The node {node} has not been heard of, nor its encoder since {seen}. "
        "If that machine runs, start its node again: it takes over an encoder that is still on air.",
        context={"node": node},
    )
