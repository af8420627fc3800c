"""Turns a line of text into placed glyphs: letters joined, marks set, directions mixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from catalog.visuals.titles import bidi
from catalog.visuals.titles.fonts import Face, Weight
from catalog.visuals.titles.runs import Run, runs

# How far a line reaches over and under its base line at least and at most, in parts of the type size: Latin capitals
# and descenders need the least, stacked scripts the most. What reaches further is cut off.
LEAST_ABOVE, MOST_ABOVE = 0.78, 1.16
LEAST_BELOW, MOST_BELOW = 0.24, 0.6
EMOJI_SIZE, EMOJI_DROP = 1.12, 0.2


@dataclass(frozen=True)
class Glyph:
    """One glyph on a line. Lengths are parts of the type size, up and right count as positive."""

    face: Face
    number: int
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Line:
    """A line of text, shaped. Lengths are parts of the type size.

    Attributes:
        text: what it says.
        glyphs: from left to right.
        width: from the first one's beginning to the last one's end.
        above, below: how far it reaches from its base line.
        steps: for each letter (with its marks) where it begins in ``text`` and how wide it is, in reading order.
        missing: glyphs that stand for "no such letter"; drawn nowhere.

    """

    text: str
    glyphs: tuple[Glyph, ...]
    width: float
    above: float
    below: float
    steps: tuple[tuple[int, float], ...]
    missing: int = 0


@lru_cache(maxsize=256)
def shape(text: str, weight: Weight, *, rtl: bool) -> Line:
    """Shape one line of cleaned text; ``rtl`` is the direction of the text it belongs to."""
    parts = runs(text, weight, rtl=rtl)
    shaped = [_shape_run(run) for run in parts]
    pen, missing = 0.0, 0
    glyphs: list[Glyph] = []
    for part in bidi.visual(shaped, [run.level for run in parts]):
        glyphs += [Glyph(g.face, g.number, g.x + pen, g.y, g.scale) for g in part.glyphs]
        pen, missing = pen + part.width, missing + part.missing
    above, below = _reach(glyphs)
    steps = tuple(sorted(step for part in shaped for step in part.steps))
    return Line(text, tuple(glyphs), pen, above, below, steps, missing)


def _shape_run(run: Run) -> Line:
    """Shape one run; its steps count from the beginning of the line's text.

    1. let HarfBuzz choose and place glyphs, letters in clusters that are never cut;
    2. convert font units into parts of the type size;
    3. note each cluster's width, for wrapping.
    """
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    if run.script and not run.face.has_pictures:
        buffer.script = run.script
    if run.language:
        buffer.language = run.language
    hb.shape(run.face.font, buffer)
    scale = EMOJI_SIZE * _picture_scale(run.face) if run.face.has_pictures else 1.0
    unit, pen, missing = scale / run.face.units, 0.0, 0
    glyphs: list[Glyph] = []
    widths: dict[int, float] = {}
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if info.codepoint == 0:
            missing += 1
            continue
        glyphs.append(Glyph(run.face, info.codepoint, pen + place.x_offset * unit, place.y_offset * unit, scale))
        pen += place.x_advance * unit
        at = run.start + info.cluster
        widths[at] = widths.get(at, 0.0) + place.x_advance * unit
    return Line(run.text, tuple(glyphs), pen, 0, 0, tuple(widths.items()), missing)


@lru_cache(maxsize=4)
def _picture_scale(face: Face) -> float:
    """Return what brings a picture's advance to one type size."""
    number = face.font.get_nominal_glyph(0x1F600)
    return float(face.units / face.font.get_glyph_h_advance(number))


def _reach(glyphs: list[Glyph]) -> tuple[float, float]:
    above, below = LEAST_ABOVE, LEAST_BELOW
    for glyph in glyphs:
        if glyph.face.has_pictures:
            above, below = max(above, EMOJI_SIZE - EMOJI_DROP), max(below, EMOJI_DROP)
            continue
        extents = glyph.face.font.get_glyph_extents(glyph.number)
        if extents:
            top = glyph.y + extents.y_bearing / glyph.face.units
            above = max(above, top)
            below = max(below, -(top + extents.height / glyph.face.units))
    return min(above, MOST_ABOVE), min(below, MOST_BELOW)
