"""Which titled renditions must stay, and having the others removed when they take too much room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from catalog.visuals import cache
from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.prefetch import pictures_ahead
from streaming.stations.models import Station

if TYPE_CHECKING:
    from uuid import UUID

    from catalog.models import Rendition

# Of each station the newest cues may be on air, on their way, or what an encoder that starts anew is given.
NEWEST_CUES = 5
CLOCKS_DIFFER = timedelta(minutes=1)


def evict_titled() -> int:
    """Remove titled renditions beyond ``TITLED_CACHE_BYTES`` and return how many went.

    What is on air, held or coming up at a station that is on air stays, and so does what is being compiled.
    """
    coming = _coming()
    return cache.evict(
        most=settings.TITLED_CACHE_BYTES,
        is_in_use=lambda rendition: rendition.pk in coming or _is_cued(rendition) or _is_on_air(rendition),
    )


def _coming() -> set[UUID]:
    stations = Station.objects.filter(wanted_on_air=True, title_design__enabled=True).select_related("profile")
    return {rendition.pk for station in stations for rendition in pictures_ahead(station=station)}


def _is_cued(rendition: Rendition) -> bool:
    for cue in Cue.objects.filter(rendition=rendition).order_by("-created_at")[:NEWEST_CUES]:
        newer = Cue.objects.filter(station=cue.station_id, created_at__gt=cue.created_at)
        if newer.count() < NEWEST_CUES:
            return True
    return False


def _is_on_air(rendition: Rendition) -> bool:
    if rendition.last_aired_at is None:
        return False
    since = Q(started_at__lte=rendition.last_aired_at + CLOCKS_DIFFER)
    return Airing.objects.filter(since, loop=rendition.loop_id, duration_seconds=None).exists()
