"""The verbs of nodes: drain one, declare it gone, hand a station over; and what the beat notices of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from config.lib.notify import notify
from streaming.asrun.models import ErrorEntry
from streaming.nodes import alarms, leases, placement, queries
from streaming.nodes.errors import NodeRefusedError
from streaming.nodes.models import Encoder, Node
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Sequence

GONE_SILENCE = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(days=1)
NO_STATION = UUID(int=0)


@dataclass(frozen=True)
class Reconciled:
    """How many encoders were marked as crashed, and how many stations wait for a node."""

    crashed: int
    waiting: int


@transaction.atomic
def drain(*, node: Node, draining: bool = True) -> None:
    """Have a machine hand its stations to others and take no new ones; or end that."""
    Node.objects.filter(pk=node.pk).update(draining=draining)
    node.draining = draining
    wake_nodes()


@transaction.atomic
def describe(*, node: Node, labels: Sequence[str] | None = None, capacity: int | None) -> Node:
    """Keep what an operator says of a machine; stations that do not fit there any more move."""
    node.labels = sorted({label.strip() for label in labels or [] if label.strip()})
    node.capacity = capacity
    node.save(update_fields=["labels", "capacity"])
    wake_nodes()
    return node


@transaction.atomic
def declare_gone(*, node: Node) -> None:
    """Take an operator's word that a machine is switched off: others may take all it holds.

    Raises:
        NodeRefusedError: it is heard of.

    """
    heard = Node.objects.filter(pk=node.pk, seen_at__gte=Now() - GONE_SILENCE)
    if heard.exists():
        raise NodeRefusedError(
            f"{node.name} was heard of in the last {GONE_SILENCE.seconds} seconds, so it is not switched off: drain it "
            "to move its stations, or stop its node first.",
        )
    Node.objects.filter(pk=node.pk).update(gone_at=Now())
    node.refresh_from_db(fields=["gone_at"])
    wake_nodes()


@transaction.atomic
def hand_over(*, station: Station, to: Node | None = None) -> Node:
    """Begin to hand a station to another machine, the least loaded that fits where none is named; returns which.

    Raises:
        NodeRefusedError: it is not on air anywhere, or no machine may have it.

    """
    row = Encoder.objects.select_for_update(of=("self",)).select_related("node").filter(station=station).first()
    if row is None or row.node is None or not station.wanted_on_air:
        raise NodeRefusedError(f"{station.name} is not on air: start it, and it goes to the machine that fits best.")
    machines = [one for one in queries.machines() if one.pk != row.node_id]
    needs = queries.needs_of(station)
    chosen = [one for one in machines if to is None or one.pk == to.pk]
    fit = placement.ranked(chosen, needs)
    if not fit:
        raise NodeRefusedError(_why_not(station, row.node, to, chosen, needs))
    ask_for_handover(station=station.pk, holder=row.node_id, to=fit[0].pk)
    return Node.objects.get(pk=fit[0].pk)


def ask_for_handover(*, station: UUID, holder: int | None, to: int) -> bool:
    """Note where a station is to go, if its holder is still the same; the nodes do the rest."""
    held = Encoder.objects.filter(station=station, node=holder)
    asked = held.exclude(node=to).update(handover_to=to, handover_ready=False)
    notify(station=str(station), what="control")
    return bool(asked)


@transaction.atomic
def cancel_handover(*, station: Station) -> bool:
    """Have a station stay where it is; ``False``: no hand-over was under way."""
    cancelled = Encoder.objects.filter(station=station, handover_to__isnull=False)
    done = cancelled.update(handover_to=None, handover_ready=False)
    notify(station=str(station.pk), what="control")
    return bool(done)


def even_out() -> list[tuple[Station, Node]]:
    """Begin to hand over as many stations as it takes for the machines to be loaded alike; returns where each goes."""
    moved: list[tuple[Station, Node]] = []
    machines = {one.pk: one for one in queries.machines()}
    while (move := placement.better_place(list(machines.values()))) is not None:
        source, target = move
        station = _movable(source, machines[target], {one.pk for one, _ in moved})
        if station is None:
            break
        ask_for_handover(station=station.pk, holder=source, to=target)
        moved.append((station, Node.objects.get(pk=target)))
        for pk, step in ((source, -1), (target, 1)):
            machines[pk] = replace(machines[pk], stations=machines[pk].stations + step)
    return moved


def wake_nodes() -> None:
    """Have every node look at once."""
    notify(station=str(NO_STATION), what="control")


def _movable(source: int, target: placement.Machine, moved: set[UUID]) -> Station | None:
    held = Station.objects.filter(encoder__node=source, encoder__handover_to=None, wanted_on_air=True)
    for station in held.exclude(pk__in=moved).order_by("slug"):
        if not placement.objection(target, queries.needs_of(station)):
            return station
    return None


def _why_not(
    station: Station, holder: Node, to: Node | None, others: list[placement.Machine], needs: placement.Needs
) -> str:
    if to is not None and to.pk == holder.pk:
        return f"{station.name} runs on {to.name} already."
    if to is not None:
        why = placement.objection(others[0], needs) if others else "is declared gone"
        return f"{to.name} {why}: choose another machine."
    return f"{station.name} stays on {holder.name}. {placement.reason(others, needs)}"


@transaction.atomic
def reconcile_encoders() -> Reconciled:
    """Compare wanted and actual state from outside of any node. Nothing that happens to a lease is decided here.

    1. An encoder whose node has not renewed for a while is marked CRASHED, with one entry in the error log.
    2. A machine that holds nothing and was not heard of for a day no longer counts as one that could take stations.
    3. Machines that are lost and stations that have none are told to the operators.
    4. A station that is wanted and that no node holds is called out to the nodes.
    """
    crashed = 0
    if leases.database_is_warm():
        lapsed = Encoder.objects.filter(lease_until__lt=Now(), state__in=leases.ON_AIR)
        for encoder in lapsed.select_for_update(of=("self",), skip_locked=True).select_related("node", "station"):
            _mark_crashed(encoder)
            crashed += 1
        forgotten = Node.objects.filter(gone_at=None, encoders=None, seen_at__lt=Now() - FORGOTTEN_AFTER)
        forgotten.update(gone_at=Now())
    alarms.sound()
    free = Q(encoder=None) | Q(encoder__node=None)
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
