"""Draws shaped lines: every glyph at its exact place, pictures among them, all inside the line's box."""

from __future__ import annotations

import io
import math
from functools import lru_cache

import uharfbuzz as hb
from PIL import Image

from catalog.visuals.ink import Rgb
from catalog.visuals.titles.fonts import Face, emoji
from catalog.visuals.titles.shaping import EMOJI_DROP, EMOJI_SIZE, Line
from catalog.visuals.titles.surface import REACH, Surface, soft

# Letters may lean out of their width by this part of the size.
OVERHANG = 0.12
SHADOW_BLUR, SHADOW_DROP, SHADOW_OPACITY = 0.09, 0.03, 0.5


def heights(line: Line, size: float) -> tuple[int, int]:
    """Return how many pixels a line takes over and under its base line."""
    return math.ceil(line.above * size), math.ceil(line.below * size)


def write(surface: Surface, line: Line, size: float, at: tuple[int, int], colour: Rgb, shade: Rgb | None) -> None:
    """Write a line whose base line begins at ``at``; with ``shade``, a soft shadow of that colour behind it."""
    pad = math.ceil(OVERHANG * size)
    above, _ = heights(line, size)
    corner = (at[0] - pad, at[1] - above)
    mask = letters(line, size)
    if shade is not None:
        blur = max(1.0, SHADOW_BLUR * size)
        out = round(blur * REACH)
        drop = round(SHADOW_DROP * size)
        surface.lay(soft(mask, blur), shade, (corner[0] - out, corner[1] - out + drop), SHADOW_OPACITY)
    surface.lay(mask, colour, corner)
    for glyph in line.glyphs:
        if glyph.face.has_pictures:
            drawn = picture(glyph.number, round(EMOJI_SIZE * size))
            left = round(at[0] + glyph.x * size)
            surface.lay_picture(drawn, (left, round(at[1] + EMOJI_DROP * size) - drawn.height))


def letters(line: Line, size: float) -> Image.Image:
    """Return the mask of a line's letters: its box by height, and an overhang at both ends."""
    pad = math.ceil(OVERHANG * size)
    above, below = heights(line, size)
    width = math.ceil(line.width * size) + 2 * pad
    raster = hb.RasterDraw()
    raster.extents = hb.RasterExtents(-pad, -below, width, above + below, 0)
    for glyph in line.glyphs:
        if glyph.face.has_pictures:
            continue
        scale = size * glyph.scale / glyph.face.units
        raster.transform = (scale, 0, 0, scale, glyph.x * size, glyph.y * size)
        raster.draw_glyph(glyph.face.font, glyph.number)
    drawn = raster.render()
    box = drawn.extents
    return Image.frombytes("L", (box.width, box.height), drawn.buffer, "raw", "L", box.stride, -1)


@lru_cache(maxsize=128)
def picture(number: int, width: int) -> Image.Image:
    """Return an emoji's picture, ``width`` pixels wide."""
    full = _full_picture(emoji(), number)
    height = max(1, round(full.height * width / full.width))
    return full.resize((max(1, width), height), Image.Resampling.LANCZOS)


def _full_picture(face: Face, number: int) -> Image.Image:
    blob = face.font.get_glyph_color_png(number)
    if blob is None or not blob.data:
        return Image.new("RGBA", (1, 1), (0, 0, 0, 0))  # joiners and variation marks: nothing to see
    return Image.open(io.BytesIO(blob.data)).convert("RGBA")
