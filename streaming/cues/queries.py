"""Reads of cues and mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q

from streaming.cues.models import TrackMapping
from streaming.sources.models import TrackChange

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from streaming.stations.models import Station

LOOK_BACK = 5000  # changes: some two weeks of one station


class Heard(NamedTuple):
    """A track that was reported and has no loop of its own; ``plays`` counts the changes looked back at."""

    station: UUID
    track_key: str
    artist: str
    title: str
    song_id: str
    plays: int
    last_heard: datetime


def mapping_for(*, station: Station, track_key: str, song_id: str) -> TrackMapping | None:
    """Return the mapping by the track's key, else by the source's song id (the oldest, should there be several)."""
    keys = Q(track_key=track_key) if track_key else Q(pk=None)
    if song_id:
        keys |= Q(song_id=song_id)
    found = TrackMapping.objects.filter(keys, station=station).select_related("loop__licence").order_by("pk")
    return min(found, key=lambda mapping: (mapping.track_key != track_key, mapping.pk), default=None)


def heard_without_loop(
    *, station: Station | None = None, stations: QuerySet[Station] | None = None, limit: int = 100
) -> list[Heard]:
    """Return the tracks heard lately that have no loop of their own, most played first.

    Looks at the newest ``LOOK_BACK`` changes only (of the station, of ``stations``, or of all), so the table's size
    does not matter.
    """
    newest = TrackChange.objects.order_by("-id")
    if station is not None:
        newest = newest.filter(station=station)
    elif stations is not None:
        newest = newest.filter(station__in=stations)
    own = TrackMapping.objects.filter(station=OuterRef("station")).filter(
        Q(track_key=OuterRef("track_key")) | Q(song_id=OuterRef("song_id")) & ~Q(song_id=""),
    )
    rows = (
        TrackChange.objects.filter(pk__in=newest.values("pk")[:LOOK_BACK])
        .exclude(track_key="")
        .filter(~Exists(own))
        .values("station", "track_key")
        .annotate(
            last_artist=Max("artist"),
            last_title=Max("title"),
            last_song_id=Max("song_id"),
            plays=Count("pk"),
            last_heard=Max("started_at"),
        )
        .order_by("-plays", "-last_heard")[:limit]
    )
    return [
        Heard(
            station=row["station"],
            track_key=row["track_key"],
            artist=row["last_artist"],
            title=row["last_title"],
            song_id=row["last_song_id"],
            plays=row["plays"],
            last_heard=row["last_heard"],
        )
        for row in rows
    ]
