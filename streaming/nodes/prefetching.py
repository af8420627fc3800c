"""Has the picture of what will probably play next made ready; a wrong guess costs nothing on air."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.utils import timezone

from config.lib.problem import LongwaveError
from streaming.cues.prefetch import picture_ahead, prepare_upcoming
from streaming.nodes import spec
from streaming.sources import azuracast

if TYPE_CHECKING:
    from streaming.nodes.difference import Json
    from streaming.sources.models import TrackChange
    from streaming.sources.report import TrackReport
    from streaming.stations.models import Station

log = structlog.get_logger(__name__)


def prepare(*, station: Station, report: TrackReport) -> None:
    """Prepare for a track that is said to come; what goes wrong is logged and holds nothing up."""
    try:
        prepare_upcoming(station=station, report=report)
    except LongwaveError as error:
        log.warning("next track not prepared", station=station.slug, title=report.title, error=error.detail)


def prepare_after(change: TrackChange) -> None:
    """Prepare for what a webhook said will follow the change it told of."""
    payload = change.payload
    report = azuracast.upcoming(payload, received=timezone.now()) if payload else None
    if report is not None:
        prepare(station=change.station, report=report)


def picture_expected(station: Station) -> Json | None:
    """Return what the next track will probably be shown with, as the encoder takes it; None: nothing is expected."""
    found = picture_ahead(station=station)
    return spec.picture_of(found.rendition, station.profile) if found is not None and found.rendition else None
