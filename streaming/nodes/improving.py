"""A better picture for the track on air: one more cue, as soon as what was missing is ready.

Missing can be the loop it is mapped to (a makeshift is shown), its title on that loop, or today's rendition of it. What
is shown never gets worse by this: a title stays until another one is ready, or until titles are off. Only a loop whose
licence ended while it is shown gives way to whatever may be aired.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.licences.terms import may_air
from catalog.models import Loop
from catalog.visuals.queries import is_of_today
from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.services import deciding_change, keep_decision, picture_for, picture_of_change
from streaming.nodes.cueing import newest_cue
from streaming.sources.models import TrackChange
from streaming.titles.models import TitleDesign

if TYPE_CHECKING:
    from streaming.cues.resolver import Resolution
    from streaming.stations.models import Station

MAKESHIFT = (Cue.Reason.DEFAULT, Cue.Reason.SLATE)


def better_cue(*, station: Station) -> Cue | None:
    """Make a new cue for the track on air if a better picture of it became ready after it began; else ``None``."""
    cue = newest_cue(station=station)
    moved = _own_move(station, cue)
    if not may_air(_shown(station, cue, moved)):
        return _cue_instead(station, cue, moved)
    if moved is not None:
        return _cue_for_entry(station, moved)
    if cue is None or not _may_improve(cue, station):
        return None
    change = cue.change or deciding_change(station)
    found = picture_of_change(change) if change is not None else None
    if found is None or not _is_better(found, cue):
        return None
    return keep_decision(station=station, found=found, change=cue.change)


def _shown(station: Station, cue: Cue | None, moved: TrackChange | None) -> Loop | None:
    """Return the loop that is shown now, as far as it is known: before any cue a station shows its default."""
    if moved is not None:
        airing = Airing.objects.filter(station=station, change=moved, duration_seconds=None)
        found = airing.select_related("loop__licence").first()
        return found.loop if found is not None else None
    if cue is not None:
        return cue.loop
    return Loop.objects.select_related("licence").filter(default_of=station).first()


def _cue_instead(station: Station, cue: Cue | None, moved: TrackChange | None) -> Cue:
    """Return a cue that shows what may be aired, for the track on air if one is known."""
    change = moved or (cue.change if cue is not None else None)
    deciding = change or deciding_change(station)
    found = picture_of_change(deciding) if deciding else picture_for(station=station, track_key="", song_id="")
    return keep_decision(station=station, found=found, change=change)


def _own_move(station: Station, cue: Cue | None) -> TrackChange | None:
    """Return the change by which a playlist moved on by itself, if that was after the last cue."""
    moved = TrackChange.objects.filter(station=station, origin=TrackChange.Origin.PLAYLIST).select_related("station")
    newest = moved.order_by("-id").first()
    if newest is None or (cue is not None and (cue.created_at > newest.received_at or cue.change_id == newest.pk)):
        return None
    return newest


def _cue_for_entry(station: Station, moved: TrackChange) -> Cue | None:
    """Return a cue for the playlist's track on air if it went on air without the title that is ready by now."""
    bare = Airing.objects.filter(station=station, change=moved, duration_seconds=None, titled=False)
    if not bare.exists():
        return None
    found = picture_of_change(moved)
    titled = found.rendition is not None and found.rendition.card_id is not None
    return keep_decision(station=station, found=found, change=moved) if titled else None


def _may_improve(cue: Cue, station: Station) -> bool:
    """Tell cheaply whether it is worth a look: this is asked every two seconds."""
    if cue.change is None and cue.reason != Cue.Reason.HELD:
        return False
    if cue.reason in MAKESHIFT or cue.rendition is None or cue.rendition.card_id is not None:
        return True
    if TitleDesign.objects.filter(pk=station.pk, enabled=True).exists():
        return True
    return cue.loop is not None and not is_of_today(cue.rendition, cue.loop, station.profile)


def _is_better(found: Resolution, cue: Cue) -> bool:
    if found.rendition is None or found.rendition.pk == cue.rendition_id or found.loop is None:
        return False
    if found.loop.pk != cue.loop_id:
        return cue.reason in MAKESHIFT
    loses_title = cue.rendition is not None and cue.rendition.card_id is not None and found.rendition.card_id is None
    return found.card is None or not loses_title
