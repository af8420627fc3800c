"""From track changes to what is shown: which cue a station's encoder should have now.

The newest word counts. Changes that nobody took up before a newer one came are marked as taken up and never go
on air; of cues not sent yet only the newest is sent. One play of a track has one airing, however many cues show it
(streaming/asrun/recorder.py), so a better picture for the track on air is simply one more cue.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.services import cue_change, picture_for
from streaming.nodes import spec
from streaming.sources.models import TrackChange

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.nodes.difference import Json
    from streaming.stations.models import Station

SLACK = timedelta(seconds=30)
UNKNOWN_LENGTH = timedelta(minutes=15)
MAKESHIFT = (Cue.Reason.DEFAULT, Cue.Reason.SLATE)


@transaction.atomic
def take_up_changes(*, station: Station) -> Cue | None:
    """Make a cue of the newest change nobody took up, and mark the older ones; ``None`` if there is none."""
    waiting = list(
        TrackChange.objects.select_for_update(skip_locked=True)
        .filter(station=station, cued_at=None)
        .defer("payload")
        .order_by("-id"),
    )
    if not waiting:
        return None
    newest, *superseded = waiting
    cue = cue_change(change=newest)
    TrackChange.objects.filter(pk__in=[change.pk for change in superseded]).update(cued_at=timezone.now())
    TrackChange.objects.filter(pk=newest.pk, cued_at=None).update(cued_at=timezone.now())
    return cue


def next_cue(*, station: Station) -> Cue | None:
    """Return the newest cue if it was not sent yet."""
    newest = newest_cue(station=station)
    return newest if newest is not None and newest.sent_at is None else None


def newest_cue(*, station: Station) -> Cue | None:
    """Return the newest cue with all that is needed to send it."""
    cues = Cue.objects.filter(station=station).select_related("change", "rendition")
    return cues.order_by("-created_at").first()


def mark_sent(*, cue: Cue) -> None:
    """Note that this cue went to the encoder; the older ones are overtaken."""
    Cue.objects.filter(station=cue.station_id, sent_at=None, created_at__lte=cue.created_at).update(
        sent_at=timezone.now(),
    )


def cue_to_begin_with(*, station: Station, now: datetime) -> Cue | None:
    """Return the cue that an encoder just started or adopted should have, if there is one.

    That is the newest one if it was never sent, if nothing went on air since it was made (it may have been lost
    on the way; an encoder that has it ignores the second), or if its track may still be playing.
    """
    cue = newest_cue(station=station)
    if cue is None or cue.sent_at is None:
        return cue
    if cue.change is not None and still_plays(cue.change, now):
        return cue
    aired_since = Airing.objects.filter(station=station, started_at__gte=cue.created_at).exists()
    return None if aired_since or cue.change is not None else cue


def still_plays(change: TrackChange, now: datetime) -> bool:
    """Tell whether a track may still be on: by its length, or for a quarter of an hour where that is unknown."""
    length = timedelta(milliseconds=change.duration_ms) + SLACK if change.duration_ms else UNKNOWN_LENGTH
    return now - change.started_at <= length


def better_cue(*, station: Station) -> Cue | None:
    """Make a new cue for the track on air if its own picture became ready after it began; else ``None``."""
    cue = newest_cue(station=station)
    if cue is None or cue.change is None or cue.reason not in MAKESHIFT:
        return None
    found = picture_for(station=station, track_key=cue.change.track_key, song_id=cue.change.song_id)
    if found.rendition is None or found.rendition.pk == cue.rendition_id:
        return None
    return Cue.objects.create(
        station=station,
        change=cue.change,
        loop=found.loop,
        rendition=found.rendition,
        reason=found.reason,
    )


def as_told(cue: Cue, station: Station) -> tuple[Json, Json]:
    """Return a cue and its picture as the encoder takes them."""
    change = cue.change
    track = (
        {
            "artist": change.artist,
            "title": change.title,
            "album": change.album,
            "song_id": change.song_id,
            "track_key": change.track_key,
            "change": change.pk,
        }
        if change is not None
        else {}
    )
    return {"id": str(cue.pk), "track": track}, spec.picture_of(cue.rendition, station.profile)
