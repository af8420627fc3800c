"""The verbs of titles: find or draw the card of a track, choose a design, show what it would look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image, ImageOps

from catalog.visuals.artwork import request_artwork
from catalog.visuals.titles import cards
from catalog.visuals.titles.drawing import Design, draw
from config.lib.notify import notify
from streaming.stations.models import Station
from streaming.titles.errors import DesignInvalidError
from streaming.titles.models import TitleDesign

if TYPE_CHECKING:
    from catalog.models import TitleCard
    from catalog.visuals.titles.words import Words

CHOSEN = ("template", "theme", "position", "accent", "show_cover", "show_station", "safe_percent")
PREVIEW_SIZE = (960, 540)


def card_for(*, station: Station, words: Words) -> TitleCard | None:
    """Return the card a track is shown with at a station; none where titles are off, or nothing is known of the track.

    Drawn here and now if it never was (some 50 ms). Its cover is asked for the first time a track names it; until it
    is there the card is drawn without, and the next call after gives a card with it.

    Raises:
        StorageFullError: no room for the card.

    """
    chosen = TitleDesign.objects.filter(station=station.pk, enabled=True).first()
    if chosen is None or words.cleaned().is_empty:
        return None
    wanted = bool(words.art_url) and chosen.show_cover
    profile = station.profile
    return cards.card(
        design=design_of(chosen),
        words=words,
        size=(profile.width, profile.height),
        artwork=request_artwork(words.art_url) if wanted else None,
    )


@transaction.atomic
def save_design(*, design: TitleDesign) -> TitleDesign:
    """Check and keep a station's design; the track on air gets its new card.

    Raises:
        DesignInvalidError: ``field`` names what is wrong.

    """
    station = Station.objects.select_for_update(of=("self",)).get(pk=design.station_id)
    try:
        design.full_clean(validate_unique=False)
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise DesignInvalidError(sentences[0], field=field) from error
    design.save()
    notify(station=str(station.pk), what="control")
    return design


def preview(*, design: Design, words: Words, backdrop: Image.Image, cover: Image.Image | None = None) -> bytes:
    """Return a PNG of 960 by 540: what the design would make of these words over a picture of the loop."""
    frame = ImageOps.fit(backdrop.convert("RGBA"), PREVIEW_SIZE, Image.Resampling.BICUBIC)
    frame.alpha_composite(draw(design, words, PREVIEW_SIZE, cover))
    return cards.encoded(frame.convert("RGB"))


def design_of(row: TitleDesign) -> Design:
    """Return what an operator chose, as the drawing takes it."""
    return Design(**{name: getattr(row, name) for name in CHOSEN})
