"""What a listener may see of the stations: the same shape for pages, the API and the live socket."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from streaming.asrun import sound_words
from streaming.asrun.models import Airing
from streaming.nodes.models import Encoder
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from catalog.visuals.models import Loop

HISTORY_LENGTH = 20


def station_snapshot(station: Station) -> dict[str, Any]:
    """Return all that is public about a station now, read afresh; two queries, JSON types only.

    Shape: ``{"slug", "name", "on_air": bool, "state": Encoder.State value, "since": ISO time | None,
    "at": ISO time of this snapshot, "now": played | None, "history": [played, at most 20, newest first],
    "sound": {"lane": SoundStep.Lane value or "", "words": a sentence or ""} | None, "picture": loop | None,
    "listeners": None}``.
    ``played`` is ``{"artist", "title", "album", "started_at": ISO time, "loop": loop | None}``, ``loop`` is
    ``{"id", "name"}``. Times are UTC. Of two snapshots the one with the later ``at`` is the newer.
    """
    at = timezone.now()  # before the reads: a snapshot is never older than it says
    airings = _airings(station)
    encoder = Encoder.objects.filter(station=station).first()
    head = _head(station, encoder, airings[0] if airings else None, at)
    past = airings[1:] if head["now"] else airings[:HISTORY_LENGTH]
    return {**head, "history": [_played(airing) for airing in past], "listeners": None}


def stations_overview() -> list[dict[str, Any]]:
    """Return every station as :func:`station_snapshot` without its history, by name; two queries in all."""
    return heads(Station.objects.select_related("encoder", "default_loop"))


def heads(stations: Iterable[Station]) -> list[dict[str, Any]]:
    """Return these stations, in their order, without their history; one query beside their own.

    ``stations`` is best read with ``select_related("encoder", "default_loop")``.
    """
    at = timezone.now()
    rows = list(stations)
    newest = Airing.objects.filter(station=OuterRef("pk")).order_by("-started_at", "-id").values("pk")[:1]
    keys = Station.objects.filter(pk__in=[row.pk for row in rows]).values_list(Subquery(newest))
    airings = {airing.station_id: airing for airing in Airing.objects.filter(pk__in=keys).select_related("loop")}
    return [_head(row, _joined(row), airings.get(row.pk), at) for row in rows]


def has_shown(station: Station, loop: Loop) -> bool:
    """Tell whether the public has seen this loop at this station, or is about to."""
    if loop.pk in (station.default_loop_id, station.held_loop_id):
        return True
    return Airing.objects.filter(station=station, loop=loop).exists()


def _airings(station: Station) -> list[Airing]:
    newest_first = Airing.objects.filter(station=station).order_by("-started_at", "-id")
    return list(newest_first.select_related("loop")[: HISTORY_LENGTH + 1])


def _joined(station: Station) -> Encoder | None:
    """Return the encoder row that came with the station; a station made a moment ago may have none yet."""
    try:
        return station.encoder
    except Encoder.DoesNotExist:
        return None


def _head(station: Station, encoder: Encoder | None, newest: Airing | None, at: datetime) -> dict[str, Any]:
    state = encoder.state if encoder else Encoder.State.STOPPED
    on_air = state == Encoder.State.RUNNING
    return {
        "slug": station.slug,
        "name": station.name,
        "on_air": on_air,
        "state": str(state),
        "since": _iso(encoder.state_since) if encoder else None,
        "at": _iso(at),
        "now": _played(newest) if newest and on_air and newest.duration_seconds is None else None,
        "sound": _sound(encoder) if encoder and on_air else None,
        "picture": _loop(newest.loop if newest and newest.loop else station.default_loop),
    }


def _sound(encoder: Encoder) -> dict[str, str]:
    return {"lane": encoder.lane, "words": sound_words.for_listeners(encoder.lane)}


def _played(airing: Airing) -> dict[str, Any]:
    return {
        "artist": airing.artist,
        "title": airing.title,
        "album": airing.album,
        "started_at": _iso(airing.started_at),
        "loop": _loop(airing.loop),
    }


def _loop(loop: Loop | None) -> dict[str, str] | None:
    return {"id": str(loop.pk), "name": loop.name} if loop else None


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
