"""Reads what was on air: by key, never by counting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from streaming.asrun.models import Airing, ErrorEntry

if TYPE_CHECKING:
    from streaming.stations.models import Station

PAGE = 50


def recent_airings(*, station: Station, before: Airing | None = None, limit: int = PAGE) -> list[Airing]:
    """Return airings of a station, newest first; ``before`` is the last row of the page before."""
    rows = Airing.objects.filter(station=station).select_related("loop").order_by("-started_at", "-id")
    if before is not None:
        rows = rows.filter(
            Q(started_at__lt=before.started_at) | Q(started_at=before.started_at, id__lt=before.pk),
        )
    return list(rows[:limit])


def on_air(*, station: Station) -> Airing | None:
    """Return what is on air now: the newest airing that has not ended."""
    open_ones = Airing.objects.filter(station=station, duration_seconds=None)
    return open_ones.select_related("loop", "cue", "change").order_by("-started_at", "-id").first()


def recent_errors(*, station: Station | None = None, limit: int = PAGE) -> list[ErrorEntry]:
    """Return what went wrong lately, newest first, of one station or of all."""
    rows = ErrorEntry.objects.order_by("-timestamp", "-id")
    return list((rows.filter(station=station) if station else rows)[:limit])
