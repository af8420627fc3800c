"""Tracks in an order: playlists and what plays in an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from config.lib.notify import notify
from streaming.stations.models import EmergencyEntry, PlaylistEntry, Station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Track

Entry = TypeVar("Entry", PlaylistEntry, EmergencyEntry)


def put_in_order(entries: type[Entry], *, station: Station, tracks: Sequence[Track]) -> None:
    """Make ``tracks`` the station's entries, in this order; those that stay keep their rows.

    Needs a transaction around it.
    """
    Station.objects.select_for_update().get(pk=station.pk)
    rows = entries.objects
    kept = list(rows.filter(station=station))
    for position, track in enumerate(tracks):
        entry = next((e for e in kept if e.track_id == track.pk), None)
        if entry is None:
            rows.create(station=station, track=track, position=position)
            continue
        kept.remove(entry)
        if entry.position != position:
            entry.position = position
            entry.save(update_fields=["position"])
    rows.filter(pk__in=[entry.pk for entry in kept]).delete()
    notify(station=str(station.pk), what="control")
