"""A station's destinations as the console tells them beside the station, and what of them needs the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html

from config.lib import admin_cells as cells
from streaming.console.need import Need
from streaming.console.states import destination_state
from streaming.outputs.alarms import DOWN, MISMATCH, mismatch, subject_of
from streaming.outputs.rules import profile_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.safestring import SafeString

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


def listed(row: StationNow) -> SafeString:
    """Return the station's destinations, a line each: state, name, and why if it fails; those that fail first."""
    found = sorted(row.destinations, key=lambda d: (d.down_since is None or not d.enabled, d.name))
    told = cells.lines(_line(row, destination) for destination in found)
    return cells.live(f"station:{row.station.pk}:listed", told if found else _none(row))


def _line(row: StationNow, destination: Destination) -> SafeString:
    destination.station = row.station
    url = reverse("admin:streaming_destination_change", args=[destination.pk])
    failing = destination.enabled and destination.down_since is not None
    why = format_html(' <span class="lw-sentence">{}</span>', destination.last_error) if failing else ""
    return format_html("{} {}{}", destination_state(destination).cell(), cells.link(url, destination.name), why)


def _none(row: StationNow) -> SafeString:
    url = reverse("admin:streaming_destination_add") + f"?station={row.station.pk}"
    return format_html("None yet. {}", cells.link(url, "Add the first one"))
