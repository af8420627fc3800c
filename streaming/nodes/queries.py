"""Reads about machines: as placement sees them, and as people do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, FloatField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Now

from streaming.nodes.models import Encoder, Node
from streaming.nodes.observing import HEARD
from streaming.nodes.placement import Machine, Needs

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from streaming.stations.models import Station

LIVING = timedelta(seconds=10)
"""A machine that was not heard of for longer counts as lost, for people; leases are judged otherwise."""


def machines() -> list[Machine]:
    """Return the registered machines as placement sees them, by the database's clock: for what people ask for."""
    rows = with_load(Node.objects.filter(gone_at=None)).order_by("name")
    lives = set(rows.filter(seen_at__gte=Now() - timedelta(seconds=HEARD)).values_list("pk", flat=True))
    return [
        Machine(
            row.pk,
            row.name,
            frozenset(row.labels),
            row.capacity,
            draining=row.draining,
            lives=row.pk in lives,
            stations=row.stations - row.leaving + row.coming,
        )
        for row in rows
    ]


def needs_of(station: Station) -> Needs:
    """Return what a station asks of its machine."""
    return Needs(station.pk, frozenset(station.needs_labels), station.pinned_node_id)


def with_load(nodes: QuerySet[Node]) -> QuerySet[Any]:
    """Add to machines ``stations`` held, ``leaving`` and ``coming``, ``cpu`` (per cent of a core), ``memory`` (MiB)."""
    held = Encoder.objects.filter(node=OuterRef("pk")).order_by().values("node")
    coming = Encoder.objects.filter(handover_to=OuterRef("pk")).order_by().values("handover_to")
    return nodes.annotate(
        stations=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
        leaving=Coalesce(Subquery(held.annotate(n=Count("handover_to")).values("n")), 0),
        coming=Coalesce(Subquery(coming.annotate(n=Count("pk")).values("n")), 0),
        cpu=Coalesce(Subquery(held.annotate(n=Sum("cpu_percent")).values("n")), 0.0, output_field=FloatField()),
        memory=Coalesce(Subquery(held.annotate(n=Sum("memory_mb")).values("n")), 0.0, output_field=FloatField()),
    )


def with_state(nodes: QuerySet[Node]) -> QuerySet[Any]:
    """Add to :func:`with_load` a ``state`` for people: up, draining, silent or gone."""
    state = Case(
        When(gone_at__isnull=False, then=Value("gone")),
        When(Q(seen_at=None) | Q(seen_at__lt=Now() - LIVING), then=Value("silent")),
        When(draining=True, then=Value("draining")),
        default=Value("up"),
    )
    told: QuerySet[Any] = with_load(nodes).annotate(state=state)
    return told


def told() -> list[dict[str, Any]]:
    """Return every machine in words, by name; the shape is :func:`document`'s."""
    return [document(row) for row in with_state(Node.objects.all()).order_by("name")]


def document(row: Any) -> dict[str, Any]:
    """Return one machine of :func:`with_state` in words."""
    return {
        "name": row.name,
        "state": row.state,
        "stations": row.stations,
        "coming": row.coming,
        "capacity": row.capacity,
        "labels": row.labels,
        "draining": row.draining,
        "cpu_percent": round(row.cpu, 1),
        "memory_mb": round(row.memory, 1),
        "version": row.version,
        "started_at": row.started_at,
        "seen_at": row.seen_at,
        "gone_at": row.gone_at,
    }


def silent_holders() -> list[tuple[int, str, int, int]]:
    """Return key, name, and numbers of fenced and unfenced stations of machines that hold some and are not heard of."""
    held = Encoder.objects.filter(node__isnull=False, node__gone_at=None, station__wanted_on_air=True)
    silent = held.filter(Q(node__seen_at=None) | Q(node__seen_at__lt=Now() - LIVING)).order_by("node")
    counted = silent.values(pk=F("node_id"), name=F("node__name")).annotate(
        fenced=Count("station", filter=Q(lease_fenced=True)),
        all=Count("station"),
    )
    return [(row["pk"], row["name"], row["fenced"], row["all"] - row["fenced"]) for row in counted]
