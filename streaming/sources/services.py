"""The verbs of sources: take up a change, try a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from config.lib.notify import notify
from streaming.sources.models import TrackChange
from streaming.sources.repeats import repeated

if TYPE_CHECKING:
    from streaming.sources.report import TrackReport
    from streaming.stations.models import Station

LOCK_SPACE = 0x4C57_0001  # advisory locks of this service; the second half of the key is the station
RECENT = 20  # changes looked back at; far more than can lag behind


def accept_change(*, station: Station, report: TrackReport, origin: str) -> tuple[TrackChange, bool]:
    """Keep what a source reported, once, and wake the node; return the change and whether it is new.

    1. A play that is known by name already costs one query and no lock.
    2. Lock: reports of one station are taken one after another, so two ways cannot both be first.
    3. Check: has another way said so already?
    4. Change: one row; a play that is over, or was overtaken, is marked so that no node takes it up.
    5. Hand on: one NOTIFY, sent with the commit.

    Raises:
        django.db.DatabaseError: nothing was kept.

    """
    known = TrackChange.objects.filter(station=station, dedupe_key=report.dedupe_key).defer("payload").first()
    if known is not None:
        return known, False
    change = _change(station, report, origin)
    with transaction.atomic():
        _lock(station)
        recent = list(TrackChange.objects.filter(station=station).order_by("-id").defer("payload")[:RECENT])
        repeat = repeated(change, recent)
        if repeat is not None:
            return repeat, False
        if report.past or _is_overtaken(change, recent):
            change.cued_at = timezone.now()
        change.save(force_insert=True)
        if change.cued_at is None:
            notify(station=str(station.pk), what="change")
    return change, True


def _change(station: Station, report: TrackReport, origin: str) -> TrackChange:
    return TrackChange(
        station=station,
        dedupe_key=report.dedupe_key,
        origin=origin,
        artist=report.artist,
        title=report.title,
        album=report.album,
        track_key=report.track_key,
        song_id=report.song_id,
        duration_ms=report.duration_ms,
        started_at=report.started_at,
        payload=report.payload,
    )


def _lock(station: Station) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, str(station.pk)])


def _is_overtaken(change: TrackChange, recent: list[TrackChange]) -> bool:
    # A webhook tells of now. A poll tells of when it was answered, which a webhook may have overtaken since.
    return change.origin == TrackChange.Origin.POLL and any(c.started_at > change.started_at for c in recent)
