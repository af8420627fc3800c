"""The full card: a large cover and large words over the whole picture, which stays visible behind them."""

from __future__ import annotations

import numpy as np

from catalog.visuals.titles.design import DENSITY
from catalog.visuals.titles.sheet import Row, Sheet, Type, height_of
from catalog.visuals.titles.surface import Box, eased

COVER, GAP, RULE, RULE_GAP = 76, 9, 1, 6
VEIL = 0.3
CALM = 6


def draw(sheet: Sheet) -> None:
    """Draw it.

    1. fit the words beside the cover; 2. veil the whole picture, more densely where the words are; 3. lay the cover,
    the line and the words: the station at the cover's top, title and artist at its bottom.
    """
    px, safe = sheet.px, sheet.safe
    side = min(px(COVER), round(safe.width * 0.36)) if sheet.cover else 0
    step = side + px(GAP) if side else px(RULE + RULE_GAP)
    rows = sheet.block(_type(sheet), safe.width - step)
    height = max(side, height_of(rows))
    top = safe.top if sheet.is_top else safe.bottom - height
    _veil(sheet, top, top + height)
    edge = safe.right if sheet.is_right else safe.left
    if side:
        left = edge - side if sheet.is_right else edge
        sheet.place_cover(Box(left, top, left + side, top + side))
    else:
        left = edge - px(RULE) if sheet.is_right else edge
        sheet.surface.panel(Box(left, top, left + px(RULE), top + height), px(RULE) // 2, sheet.palette.accent)
    pen = edge - step if sheet.is_right else edge + step
    _words(sheet, rows, pen, Box(0, top, 0, top + height))


def _type(sheet: Sheet) -> Type:
    return Type(
        station=sheet.sizes(7, 5.25),
        title=sheet.sizes(18, 10, 15),
        artist=sheet.sizes(10, 7, 9),
        title_lines=2,
        artist_lines=2,
        title_gap=sheet.px(3),
        artist_gap=sheet.px(2.5),
    )


def _words(sheet: Sheet, rows: list[Row], pen: int, box: Box) -> None:
    """Write the station at the top and the rest at the bottom of the box, if there is room between them."""
    spare = box.height - height_of(rows)
    has_station = bool(rows) and sheet.design.show_station and bool(sheet.words.station) and spare > 0
    if not has_station:
        sheet.write_block(rows, pen, pen, box.top + spare, shaded=True)
        return
    sheet.write_block(rows[:1], pen, pen, box.top, shaded=True)
    sheet.write_block(rows[1:], pen, pen, box.bottom - height_of(rows[1:]), shaded=True)


def _veil(sheet: Sheet, top: int, bottom: int) -> None:
    width, height = sheet.size
    rows = np.arange(height, dtype=np.float32)[:, None]
    calm = sheet.px(CALM)
    far = height - bottom - calm if sheet.is_top else top - calm
    inside = (height - rows) if sheet.is_top else rows
    parts = VEIL + (DENSITY - VEIL) * eased(inside / max(1, far))
    sheet.surface.scrim(np.broadcast_to(parts, (height, width)).astype(np.float32), sheet.palette.ground)
