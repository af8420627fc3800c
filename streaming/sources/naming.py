"""Whether a source's own words still reach us: as long as they do, titles in its sound are no words but only times.

AzuraCast names each play; its sound's titles also carry jingles, station names and whatever a presenter's program
sends. Only when webhook, poll and feed are all silent for long do titles say what plays.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from streaming.sources.models import TrackChange
from streaming.stations.models import Station

if TYPE_CHECKING:
    from datetime import datetime

PATIENCE = timedelta(minutes=5)
"""After the end of the play that was named last."""

UNKNOWN_LENGTH = timedelta(minutes=15)


def names_still_come(station: Station, *, at: datetime, answers: bool) -> bool:
    """Tell whether a station's source still names its plays; ``answers``: its poll or feed answered a moment ago."""
    if station.source_kind != Station.SourceKind.AZURACAST:
        return False
    if answers:
        return True
    named = TrackChange.objects.filter(station=station).exclude(dedupe_key__startswith="at:").defer("payload")
    last = named.order_by("-id").first()
    if last is None:
        return False
    length = timedelta(milliseconds=last.duration_ms) if last.duration_ms else UNKNOWN_LENGTH
    return at <= last.received_at + length + PATIENCE
