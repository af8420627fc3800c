"""What staff see live of a station's destinations; nobody else is told where a station is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from streaming.outputs.models import Destination
from streaming.outputs.told import told, uptime_seconds

if TYPE_CHECKING:
    from streaming.stations.models import Station

TOPIC = "destinations"


def destinations_snapshot(station: Station) -> dict[str, Any]:
    """Return all destinations of a station as they are now, read afresh; one query, JSON types only.

    Shape: ``{"slug", "at": ISO time, "destinations": [{"id", "uptime_seconds", …told}]}``, ``told`` as in
    ``streaming.outputs.told.told`` with ISO times in UTC. Secrets are masked.
    """
    at = timezone.now()
    rows = Destination.objects.filter(station=station).select_related("station__profile").order_by("name")
    return {"slug": station.slug, "at": _iso(at), "destinations": [_one(row, at) for row in rows]}


def _one(row: Destination, at: datetime) -> dict[str, Any]:
    facts = {name: _iso(value) if isinstance(value, datetime) else value for name, value in told(row).items()}
    return {"id": str(row.pk), "uptime_seconds": round(uptime_seconds(row, at)), **facts}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
