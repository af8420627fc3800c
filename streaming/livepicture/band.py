"""The band on the picture: where it stands, what it does to the picture's planes, and the scrim that keeps it readable.

A picture is darkened and painted in one step per sample: ``new = (old · keep + add) ÷ 256``, with one table each for
``keep`` and ``add`` per plane. Whoever draws only writes these tables; the picture itself is read and written once.
Halves are in ``add``, so that the division rounds: always down would tint what is dark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from av import VideoFrame

from streaming.livepicture.planes import Array, pixels
from streaming.livepicture.sound import Sound

BLACK = (16.0, 128.0, 128.0)
WHOLE, HALF = 256, 128
# In parts of a picture of 720 lines, as are all lengths here.
LINES = 720
SAFE = 0.05
RISE, FALL, HEADROOM = 92, 22, 76
SCRIM = 0.58
FADE_SECONDS = 0.6


@dataclass(frozen=True)
class Geometry:
    """Where the band stands in a picture; pixels, rows counted from the band's far edge towards the picture's edge.

    ``left`` and ``width`` are the safe area's; ``base`` is the row of the line that bars stand on, ``rise`` how far
    they reach away from the edge, ``fall`` towards it, ``rows`` how many rows the band has in all.
    """

    picture: tuple[int, int]
    at_top: bool
    left: int
    width: int
    rows: int
    base: int
    rise: int
    fall: int

    @property
    def scale(self) -> float:
        """Pixels per line of a picture of 720 lines."""
        return self.picture[1] / LINES


def geometry(width: int, height: int, *, at_top: bool) -> Geometry:
    """Lay the band out for a picture of this size."""
    scale = height / LINES
    left = even(width * SAFE)
    rise, fall, edge = even(RISE * scale), even(FALL * scale), even(height * SAFE)
    rows = even(HEADROOM * scale) + rise + fall + edge
    return Geometry((width, height), at_top, left, width - 2 * left, rows, rows - edge - fall, rise, fall)


def even(length: float, least: int = 2) -> int:
    """Return the nearest even number of pixels, so that chroma has whole ones."""
    return max(least, 2 * round(length / 2))


def colour(accent: str) -> tuple[float, float, float]:
    """Return ``#rrggbb`` as Y, Cb, Cr (BT.709, limited range, ITU-R BT.709-6 §3)."""
    red, green, blue = (int(accent[place : place + 2], 16) / 255 for place in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


@dataclass
class Table:
    """``keep`` (0 to 256) and ``add`` (256ths of a level, and half a level) of one plane of the band."""

    keep: Array
    add: Array

    def patch(self, rows: slice, columns: slice) -> Table:
        """Return a part of it, to be written to."""
        return Table(self.keep[rows, columns], self.add[rows, columns])


class Painter(Protocol):
    """Draws what the sound looks like."""

    def paint(self, tables: list[Table], sound: Sound, middle: float) -> None:
        """Write the tables of Y, Cb and Cr for the picture in whose middle sample ``middle`` is heard."""


class Band:
    """Puts a painter's band on pictures; it comes softly, with its first pictures."""

    def __init__(self, place: Geometry, painter: Painter, frame_rate: int) -> None:
        """Start with a band that is not there yet."""
        self._place = place
        self._painter = painter
        self._step = 1.0 / (FADE_SECONDS * frame_rate)
        self._presence = 0.0
        self._tables = [scrim(place, plane) for plane in range(3)]
        self._sums = [np.empty(table.keep.shape, np.uint16) for table in self._tables]

    def leave(self) -> None:
        """Let it go as softly as it came."""
        self._step = -abs(self._step)

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left on pictures."""
        return self._step < 0 and self._presence <= 0

    def put_on(self, picture: VideoFrame, sound: Sound, middle: float) -> None:
        """Draw on a picture (yuv420p) that belongs to nobody else."""
        self._painter.paint(self._tables, sound, middle)
        self._presence = min(1.0, max(0.0, self._presence + self._step))
        for plane, (table, sums) in enumerate(zip(self._tables, self._sums, strict=True)):
            target = self._rows_of(picture, plane)
            keep, add = self._faded(table)
            np.multiply(target, keep, out=sums)
            np.add(sums, add, out=sums)
            np.right_shift(sums, 8, out=sums)
            np.copyto(target, sums, casting="unsafe")

    def _faded(self, table: Table) -> tuple[Array, Array]:
        if self._presence >= 1.0:
            return table.keep, table.add
        part = int(self._presence * WHOLE)
        keep = WHOLE - (((WHOLE - table.keep.astype(np.uint32)) * part) >> 8)
        add = (((table.add.astype(np.uint32) - HALF) * part) >> 8) + HALF
        return keep.astype(np.uint16), add.astype(np.uint16)

    def _rows_of(self, picture: VideoFrame, plane: int) -> Array:
        """Return the band's part of a plane, its last row nearest to the picture's edge."""
        whole = pixels(picture.planes[plane])
        rows = self._place.rows // (1 if plane == 0 else 2)
        return whole[rows - 1 :: -1] if self._place.at_top else whole[-rows:]


def scrim(place: Geometry, plane: int) -> Table:
    """Return what darkens the picture under the band: nothing at its far edge, most at the picture's."""
    part = 1 if plane == 0 else 2
    keep, add = blend(np.zeros(1), scrim_alpha(place, part)[:, None], 0.0, BLACK[plane])
    shape = (place.rows // part, place.picture[0] // part)
    return Table(np.broadcast_to(keep, shape).copy(), np.broadcast_to(add, shape).copy())


def scrim_alpha(place: Geometry, part: int) -> Array:
    """Return how much of each row is black; ``part`` is 2 for chroma, which has every second row."""
    rows = place.rows // part
    way = np.clip((np.arange(rows) + 0.5) / (place.base // part), 0, 1)
    shade: Array = SCRIM * way * way * (3 - 2 * way)
    return shade


def blend(alpha: Array, shade: Array, ink: float, black: float) -> tuple[Array, Array]:
    """Return ``keep`` and ``add`` of ink over scrim; ``alpha`` and ``shade`` (of the scrim) from 0 to 1."""
    keep = (1 - shade) * (1 - alpha)
    add = shade * (1 - alpha) * black + alpha * ink
    return (keep * WHOLE).round().astype(np.uint16), (add * WHOLE + HALF).astype(np.uint16)
