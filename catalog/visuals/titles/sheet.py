"""What every template works on: the picture, its safe area, a grid, and blocks of text."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageOps

from catalog.visuals.ink import Rgb
from catalog.visuals.titles import bidi
from catalog.visuals.titles.design import Design, Palette, palette
from catalog.visuals.titles.fitting import Fitted, Sizes, fit
from catalog.visuals.titles.fonts import Weight
from catalog.visuals.titles.lettering import heights, write
from catalog.visuals.titles.shaping import Line
from catalog.visuals.titles.surface import Box, Surface, rounded
from catalog.visuals.titles.words import Words

# The grid's step is 4 pixels at 1280 by 720, and grows with the picture.
STEPS_ACROSS, STEPS_DOWN = 320, 180
RADIUS = 1.5
LINE_GAP = 0.12


@dataclass(frozen=True)
class Row:
    """One line of a block: shaped, sized in pixels, coloured; ``gap``: pixels free over it."""

    line: Line
    size: float
    colour: Rgb
    gap: int

    @property
    def height(self) -> int:
        """Pixels it takes, without the gap."""
        return sum(heights(self.line, self.size))


@dataclass(frozen=True)
class Type:
    """What each part of a block is set in; gaps in pixels are over the part."""

    station: Sizes
    title: Sizes
    artist: Sizes
    title_lines: int
    artist_lines: int
    title_gap: int
    artist_gap: int


class Sheet:
    """A card in the making: what is said, how it should look, and the picture it is drawn on."""

    def __init__(self, design: Design, words: Words, size: tuple[int, int], cover: Image.Image | None) -> None:
        self.surface = Surface(size)
        self.design = design
        self.words = words.cleaned()
        self.palette: Palette = palette(design)
        self.size = size
        self._unit = min(size[0] / STEPS_ACROSS, size[1] / STEPS_DOWN)
        self.cover = cover if design.show_cover else None
        self.rtl = self._reads_from_the_right()
        across, down = (round(side * design.safe_percent / 100) for side in size)
        self.safe = Box(across, down, size[0] - across, size[1] - down)

    def px(self, units: float) -> int:
        """Return steps of the grid in pixels."""
        return round(units * self._unit)

    def sizes(self, most: float, least: float, wrapped: float = 0.0) -> Sizes:
        """Return type sizes that are given in steps of the grid."""
        return Sizes(most * self._unit, least * self._unit, (wrapped or most) * self._unit)

    @property
    def is_right(self) -> bool:
        """Whether it stands at the right: at the end for words from the left, at the start for those from the right."""
        return self.design.position.endswith("end") != self.rtl

    @property
    def is_top(self) -> bool:
        """Whether it stands at the top."""
        return self.design.position.startswith("top")

    def block(self, type_: Type, width: int, *, station: bool = True) -> list[Row]:
        """Return the lines of station, title and artist, fitted into ``width`` pixels; what is empty is left out."""
        words, colours = self.words, self.palette
        title, artist = (words.title, words.artist) if words.title else (words.artist, "")
        rows: list[Row] = []
        if station and self.design.show_station:
            rows += self._rows(fit(words.station, Weight.STRONG, width=width, sizes=type_.station), colours.signal, 0)
        fitted = fit(title, Weight.STRONG, width=width, sizes=type_.title, lines=type_.title_lines)
        rows += self._rows(fitted, colours.ink, type_.title_gap if rows else 0)
        fitted = fit(artist, Weight.PLAIN, width=width, sizes=type_.artist, lines=type_.artist_lines)
        return rows + self._rows(fitted, colours.soft, type_.artist_gap if rows else 0)

    def write_block(self, rows: list[Row], left: int, right: int, top: int, *, shaded: bool) -> None:
        """Write a block between two edges, at the side where it stands."""
        shade = self.palette.shade if shaded and self.design.theme == "dark" else None
        for row in rows:
            above, below = heights(row.line, row.size)
            base = top + row.gap + above
            at = right - round(row.line.width * row.size) if self.is_right else left
            write(self.surface, row.line, row.size, (at, base), row.colour, shade)
            top = base + below

    def place_cover(self, box: Box) -> None:
        """Lay the cover into a square with round corners, with a shadow under it."""
        if self.cover is None:
            return
        radius = self.px(RADIUS)
        self.surface.shadow(box, radius, blur=self.px(3), drop=self.px(1.5), colour=self.palette.shade, opacity=0.45)
        square = ImageOps.fit(self.cover.convert("RGB"), (box.width, box.height), Image.Resampling.LANCZOS)
        square.putalpha(rounded(box.width, box.height, radius))
        self.surface.lay_picture(square, (box.left, box.top))

    def _rows(self, fitted: Fitted, colour: Rgb, gap: int) -> list[Row]:
        between = round(fitted.size * LINE_GAP)
        return [Row(line, fitted.size, colour, between if n else gap) for n, line in enumerate(fitted.lines)]

    def _reads_from_the_right(self) -> bool:
        words = self.words
        ways = (bidi.is_rtl(text) for text in (words.title, words.artist, words.station))
        return next((way for way in ways if way is not None), False)


def height_of(rows: list[Row]) -> int:
    """Return the pixels a block takes from the top of its first line to the bottom of its last."""
    return sum(row.gap + row.height for row in rows)


def width_of(rows: list[Row]) -> int:
    """Return the pixels of a block's widest line."""
    return max((round(row.line.width * row.size) for row in rows), default=0)
