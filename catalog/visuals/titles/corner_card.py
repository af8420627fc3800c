"""The corner card: a small panel with cover and words, as wide as they need."""

from __future__ import annotations

from PIL import Image

from catalog.visuals.titles.sheet import RADIUS, Sheet, Type, height_of, width_of
from catalog.visuals.titles.surface import Box, rounded

COVER, PADDING, GAP, RULE = 24, 4, 4, 1
WIDEST, LEAST_TEXT = 0.46, 40
DENSITY = 0.9
# A fine edge in the words' colour, so that the card has a shape on a loop of its own shade.
EDGE, EDGE_WIDTH = 0.14, 0.25


def draw(sheet: Sheet) -> None:
    """Draw it.

    1. fit the words beside the cover; 2. place the panel around both in its corner, with shadow and line; 3. lay
    cover and words.
    """
    px, padding = sheet.px, sheet.px(PADDING)
    side = px(COVER) if sheet.cover else 0
    beside = 2 * padding + px(RULE) + (side + px(GAP) if side else px(1))
    rows = sheet.block(_type(sheet), round(sheet.safe.width * WIDEST) - beside)
    width = max(px(LEAST_TEXT), width_of(rows)) + beside
    height = max(side, height_of(rows)) + 2 * padding
    panel = _place(sheet, width, height)
    _panel(sheet, panel)
    inner = panel.grown(-padding)
    rule = px(RULE)
    pen = inner.right - rule if sheet.is_right else inner.left + rule
    if side:
        left, top = (pen - side if sheet.is_right else pen), inner.top + (inner.height - side) // 2
        sheet.place_cover(Box(left, top, left + side, top + side))
    step = side + px(GAP) if side else px(1)
    pen = pen - step if sheet.is_right else pen + step
    sheet.write_block(rows, pen, pen, inner.top + (inner.height - height_of(rows)) // 2, shaded=False)


def _type(sheet: Sheet) -> Type:
    return Type(
        station=sheet.sizes(4.25, 4),
        title=sheet.sizes(7, 5.25, 6),
        artist=sheet.sizes(5.25, 4.5),
        title_lines=2,
        artist_lines=1,
        title_gap=sheet.px(1),
        artist_gap=sheet.px(0.75),
    )


def _place(sheet: Sheet, width: int, height: int) -> Box:
    safe = sheet.safe
    left = safe.right - width if sheet.is_right else safe.left
    top = safe.top if sheet.is_top else safe.bottom - height
    return Box(left, top, left + width, top + height)


def _panel(sheet: Sheet, box: Box) -> None:
    """Lay the panel with a line of the accent along the side where it stands, inside its round corners."""
    radius, colours = sheet.px(RADIUS), sheet.palette
    sheet.surface.shadow(
        box,
        radius,
        blur=sheet.px(4),
        drop=sheet.px(2),
        colour=colours.shade,
        opacity=0.4,
    )
    sheet.surface.panel(box, radius, colours.ground, DENSITY)
    sheet.surface.outline(box, radius, max(1, sheet.px(EDGE_WIDTH)), colours.ink, EDGE)
    whole, thick = rounded(box.width, box.height, radius), max(2, sheet.px(RULE))
    strip = Image.new("L", whole.size, 0)
    left = whole.width - thick if sheet.is_right else 0
    part = (left, 0, left + thick, whole.height)
    strip.paste(whole.crop(part), part)
    sheet.surface.lay(strip, colours.accent, (box.left, box.top))
