"""Draws a now-playing title as a transparent picture of a profile's size."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from catalog.visuals.titles import corner_card, full_card, lower_third
from catalog.visuals.titles.design import Design
from catalog.visuals.titles.sheet import Sheet
from catalog.visuals.titles.words import Words

__all__ = ["DRAWER_VERSION", "TEMPLATES", "Design", "draw"]

# Raised whenever a card comes out otherwise than before, so that old cards are not taken for new ones.
DRAWER_VERSION = 1
TEMPLATES: dict[str, Callable[[Sheet], None]] = {
    "lower_third": lower_third.draw,
    "corner_card": corner_card.draw,
    "full_card": full_card.draw,
}


def draw(design: Design, words: Words, size: tuple[int, int], cover: Image.Image | None = None) -> Image.Image:
    """Return the card: RGBA, straight alpha, ``size`` pixels, transparent where the loop is to be seen.

    Args:
        design: how it looks.
        words: what it says, as a source said it; they are cleaned here.
        size: width and height of the profile.
        cover: square; none: drawn without.

    """
    sheet = Sheet(design, words, size, cover)
    if not sheet.words.is_empty:
        TEMPLATES[design.template](sheet)
    return sheet.surface.image
