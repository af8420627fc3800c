"""From track changes to what is shown: which cues a station's encoder should have now.

Each change is shown at its instant (streaming/nodes/timing.py). Of several whose instant has come the newest counts:
the others are marked as taken up and never go on air. One play of a track has one airing, however many cues show it
(streaming/asrun/recorder.py), so a better picture for the track on air is simply one more cue.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.services import cue_change
from streaming.nodes import spec
from streaming.nodes.timing import Word
from streaming.sources.models import TrackChange
from streaming.sources.pollers import EVERY

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.nodes.difference import Json
    from streaming.nodes.timing import Due, Timing
    from streaming.stations.models import Station

SLACK = timedelta(seconds=30)
UNKNOWN_LENGTH = timedelta(minutes=15)
AZURACAST_ADDS = 5  # seconds, SongHistory::PLAYBACK_DELAY_SECONDS
MOST_UNSENT = 20


@transaction.atomic
def take_up_changes(*, station: Station, timing: Timing, now: datetime) -> None:
    """Make cues of the changes nobody took up; one whose time is over because a later one's has come gets none."""
    waiting = list(
        TrackChange.objects.select_for_update(skip_locked=True)
        .filter(station=station, cued_at=None)
        .defer("payload")
        .order_by("id"),
    )
    for change in waiting:
        timing.say(word_of(change))
    dues = timing.dues()
    come = [_has_come(dues.get(change.pk), now) for change in waiting]
    for place, change in enumerate(waiting):
        if not any(come[place + 1 :]):
            cue_change(change=change)
    TrackChange.objects.filter(pk__in=[change.pk for change in waiting], cued_at=None).update(cued_at=now)


def take_up_again(*, station: Station, dues: dict[int, Due], now: datetime) -> None:
    """Decide anew what to show for the changes whose instant is still to come: an operator holds a loop since."""
    coming = [change for change, due in dues.items() if not _has_come(due, now)]
    for change in TrackChange.objects.filter(station=station, pk__in=coming).defer("payload").order_by("id"):
        cue_change(change=change)


def word_of(change: TrackChange) -> Word:
    """Return what a change says of time.

    Webhook and feed come the moment the source knows. A poll comes up to ten seconds later: AzuraCast then says when
    the track began (five seconds late, for its listeners' buffers; within these, the middle is taken), a status page
    does not.
    """
    at = change.received_at.timestamp()
    began = change.started_at.timestamp()
    origins = TrackChange.Origin
    if change.origin == origins.ICY:
        return Word(change.pk, change.track_key, began, from_sound=True)
    if change.origin == origins.POLL:
        fresh = began > at - 1  # it says that the track is still to begin, which was cut to now
        return Word(change.pk, change.track_key, began - AZURACAST_ADDS / (2 if fresh else 1), prompt=False)
    if change.origin == origins.STATUS:
        return Word(change.pk, change.track_key, at - EVERY / 2, prompt=False)
    return Word(change.pk, change.track_key, at)


def cues_to_send(*, station: Station, dues: dict[int, Due], now: datetime) -> list[Cue]:
    """Return the cues not sent yet, in order: of those to be shown at once the newest, and all whose instant comes."""
    cues = Cue.objects.filter(station=station, sent_at=None).select_related("change", "rendition")
    unsent = list(cues.order_by("-created_at")[:MOST_UNSENT])[::-1]
    come = [cue for cue in unsent if _has_come(dues.get(cue.change_id or 0), now)]
    return [*come[-1:], *(cue for cue in unsent if cue not in come)]


def newest_cue(*, station: Station) -> Cue | None:
    """Return the newest cue with all that is needed to send it."""
    cues = Cue.objects.filter(station=station).select_related("change__station", "rendition", "loop__licence")
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


def _has_come(due: Due | None, now: datetime) -> bool:
    return due is None or due.wall <= now.timestamp()
