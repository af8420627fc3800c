"""A better picture for the track on air: one more cue, as soon as what was missing is ready.

Missing can be the loop it is mapped to (a makeshift is shown), its title on that loop, or today's rendition of it. What
is shown never gets worse by this: a title stays until another one is ready, or until titles are off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.visuals.queries import is_of_today
from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.services import deciding_change, keep_decision, picture_of_change
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
    if moved is not None:
        return _cue_for_entry(station, moved)
    if cue is None or not _may_improve(cue, station):
        return None
    change = cue.change or deciding_change(station)
    found = picture_of_change(change) if change is not None else None
    if found is None or not _is_better(found, cue):
        return None
    return keep_decision(station=station, found=found, change=cue.change)


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
