"""The lower third: cover, line and words over a shade that grows out of the picture's edge."""

from __future__ import annotations

import numpy as np

from catalog.visuals.titles.design import DENSITY
from catalog.visuals.titles.sheet import Sheet, Type, height_of
from catalog.visuals.titles.surface import Box, eased

LEAST_COVER, MOST_COVER = 28, 38
GAP, RULE = 5, 1
WIDEST = 0.76
FADE = 44
CALM = 2


def draw(sheet: Sheet) -> None:
    """Draw it.

    1. fit the words beside the cover; 2. lay the shade from the edge to beyond them; 3. lay cover, line and words,
    centred on each other.
    """
    px, safe = sheet.px, sheet.safe
    beside = (px(LEAST_COVER + GAP) if sheet.cover else 0) + px(RULE + GAP)
    rows = sheet.block(_type(sheet), round(safe.width * WIDEST) - beside)
    cover = max(px(LEAST_COVER), min(px(MOST_COVER), height_of(rows))) if sheet.cover else 0
    height = max(cover, height_of(rows))
    top = safe.top if sheet.is_top else safe.bottom - height
    _shade(sheet, top, top + height)
    pen = safe.right if sheet.is_right else safe.left
    pen = _cover(sheet, pen, top + (height - cover) // 2, cover)
    pen = _rule(sheet, pen, Box(0, top, 0, top + height))
    middle = top + (height - height_of(rows)) // 2
    sheet.write_block(rows, pen, pen, middle, shaded=True)


def _type(sheet: Sheet) -> Type:
    return Type(
        station=sheet.sizes(5, 4.25),
        title=sheet.sizes(11, 7, 8.5),
        artist=sheet.sizes(7, 5.25),
        title_lines=2,
        artist_lines=1,
        title_gap=sheet.px(2),
        artist_gap=sheet.px(1.5),
    )


def _shade(sheet: Sheet, top: int, bottom: int) -> None:
    """Cover the rows of the words evenly, and fade out towards the middle of the picture."""
    width, height = sheet.size
    rows = np.arange(height, dtype=np.float32)[:, None]
    fade, calm = sheet.px(FADE), sheet.px(CALM)
    inside = (bottom + calm + fade - rows) if sheet.is_top else (rows - (top - calm - fade))
    parts = DENSITY * eased(inside / max(1, fade))
    sheet.surface.scrim(np.broadcast_to(parts, (height, width)).astype(np.float32), sheet.palette.ground)


def _cover(sheet: Sheet, pen: int, top: int, side: int) -> int:
    """Lay the cover where the pen stands and return where what follows begins."""
    if not side:
        return pen
    left = pen - side if sheet.is_right else pen
    sheet.place_cover(Box(left, top, left + side, top + side))
    step = side + sheet.px(GAP)
    return pen - step if sheet.is_right else pen + step


def _rule(sheet: Sheet, pen: int, box: Box) -> int:
    thick = max(2, sheet.px(RULE))
    left = pen - thick if sheet.is_right else pen
    sheet.surface.panel(Box(left, box.top, left + thick, box.bottom), thick // 2, sheet.palette.accent)
    step = thick + sheet.px(GAP)
    return pen - step if sheet.is_right else pen + step
