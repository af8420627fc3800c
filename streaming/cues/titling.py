"""Titles for the pictures of tracks: the words, the card they are drawn on, and whether it is final."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from catalog.models import Artwork
from catalog.visuals import artwork
from catalog.visuals.titles.words import Words
from streaming.titles.services import card_for

if TYPE_CHECKING:
    from catalog.models import TitleCard
    from streaming.sources.models import TrackChange, UpcomingTrack
    from streaming.stations.models import Station

log = structlog.get_logger(__name__)
AWAY = (OperationalError, InterfaceError)
# A cover that is being fetched is waited for so long before its track's title is compiled without it.
COVER_PATIENCE = timedelta(seconds=8)


class Title(NamedTuple):
    """A track's card; ``is_final``: it may be compiled now, for no cover is on its way."""

    card: TitleCard
    is_final: bool


def words_of(track: TrackChange | UpcomingTrack, station: Station) -> Words:
    """Return what a source says of a track as a title."""
    return Words(track.artist, track.title, station.name, track.art_url)


def title_for(*, station: Station, words: Words | None) -> Title | None:
    """Return a track's title; none where the station shows none, nothing is known, or it cannot be drawn."""
    if words is None:
        return None
    try:
        with transaction.atomic():
            card = card_for(station=station, words=words)
    except AWAY:
        raise
    except Exception as error:  # whatever is wrong with a title, the picture must change with the track
        log.exception("a title is left out", station=station.slug, title=words.title, error=str(error))
        return None
    return None if card is None else Title(card, not _cover_is_coming(words))


def _cover_is_coming(words: Words) -> bool:
    cover = artwork.known(words.art_url) if words.art_url else None
    if cover is None or cover.status != Artwork.Status.WAITING:
        return False
    return timezone.now() - cover.created_at < COVER_PATIENCE
