"""Writes what an encoder says of its outputs to the destinations' rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from streaming.outputs.counters import growth
from streaming.outputs.models import Destination

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streaming.stations.models import Station

TEXT_LIMIT = 2000


def record_outputs(*, station: Station, run: UUID | None, told: Iterable[dict[str, Any]]) -> None:
    """Take over connection, counters and errors; a destination that is not told of is not connected.

    ``told`` are the ``outputs`` of an encoder's statistics (docs/playout.md).
    """
    by_id = {str(output.get("id")): output for output in told}
    for destination in Destination.objects.filter(station=station):
        output = by_id.get(str(destination.pk))
        if output is not None and run is not None:
            _record(destination, str(run), output)
        elif destination.connected:
            Destination.objects.filter(pk=destination.pk).update(connected=False, connected_since=None)


def _record(destination: Destination, run: str, output: dict[str, Any]) -> None:
    """Write one destination's row; totals grow in the database, so that nobody's count is lost."""
    up, error = bool(output.get("up")), str(output.get("error") or "").replace("\0", "")[:TEXT_LIMIT]
    grown = growth(destination.counted, run, output)
    values: dict[str, Any] = {name: F(name) + more for name, more in grown.add.items() if more}
    if destination.counted != grown.counted:
        values["counted"] = grown.counted
    if up != destination.connected:
        values |= {"connected": up, "connected_since": timezone.now() if up else None}
    if error and (error != destination.last_error or destination.last_error_at is None):
        values |= {"last_error": error, "last_error_at": timezone.now()}
    if values:
        Destination.objects.filter(pk=destination.pk).update(**values)
