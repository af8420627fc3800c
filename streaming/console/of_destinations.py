"""What of a station's destinations needs the operator, while it is on air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from streaming.console.need import Need
from streaming.console.states import destination_state
from streaming.outputs.alarms import DOWN, MISMATCH, mismatch, subject_of
from streaming.outputs.rules import profile_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streaming.console.overview import StationNow
    from streaming.outputs.models import Destination


def needs_of(row: StationNow, destination: Destination) -> Iterator[Need]:
    """Return what is wrong about a destination that is wanted: no stream, no backup, a platform's rule."""
    destination.station = row.station  # loaded, with encoder and profile
    name, url = row.station.name, reverse("admin:streaming_destination_change", args=[destination.pk])
    if not destination.connected:
        why = destination.last_error or "It is being connected."
        yield Need(
            "fail", f"{name} does not reach {destination.name}. {why}", url, "See to it", _about(DOWN, destination)
        )
    elif destination.on_backup or destination.backup_connected is False:
        told = destination_state(destination)
        yield Need("warn", f"{name}, {destination.name}: {told.sentence} {destination.last_error}", url, "See to it")
    broken = " ".join(profile_warnings(destination))
    if broken:
        yield Need("warn", mismatch(destination, broken), url, "See its rules", _about(MISMATCH, destination))


def _about(kind: str, destination: Destination) -> str:
    return f"{kind} {subject_of(destination)}"
