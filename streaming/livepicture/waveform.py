"""The sound's waveform as one glowing line, as an oscilloscope shows it; it rests on a thin line in silence."""

from __future__ import annotations

import numpy as np

from streaming.livepicture.band import BLACK, WHOLE, Geometry, Table, blend, even, scrim_alpha
from streaming.livepicture.planes import Array
from streaming.livepicture.sound import Sound

SPAN_SECONDS = 0.045
TRIGGER_SECONDS = 0.008
SMOOTH_SECONDS = 0.0009
WEIGHT, GLOW = 1.6, 9.0
STEPS = 4  # distances per pixel
ENDS = 110
LOUD, LIFT_MOST, LIFT_PER_SECOND, DROP_PER_SECOND, HEARD = 0.8, 6.0, 1.4, 8.0, 0.004


class Trace:
    """The line's course, from −1 to 1 for each column."""

    def __init__(self, columns: int, sample_rate: int, frame_rate: int) -> None:
        """Start at rest."""
        self._span = int(SPAN_SECONDS * sample_rate)
        self._trigger = int(TRIGGER_SECONDS * sample_rate)
        smooth = max(3, int(SMOOTH_SECONDS * sample_rate)) | 1
        self._kernel = np.hanning(smooth + 2)[1:-1]
        self._kernel /= self._kernel.sum()
        self._frame_rate = frame_rate
        self._places = np.linspace(0, self._span - 1, columns)
        self._taper = np.sin(np.pi * (np.arange(columns) + 0.5) / columns) ** 0.75
        self._lift = 1.0

    def follow(self, sound: Sound, middle: float) -> Array:
        """Return the course around a sample; it begins on a rising edge, so that a steady tone stands still."""
        room = len(self._kernel) // 2
        heard = sound.around(middle, self._span + 2 * self._trigger + 2 * room)
        smooth = np.convolve(heard, self._kernel, "valid")
        start = self._rising_edge(smooth)
        course = np.interp(self._places, np.arange(self._span), smooth[start : start + self._span])
        self._adjust(float(np.abs(course).max()))
        bounded: Array = np.tanh(course * self._lift * 1.1) * self._taper
        return bounded

    def _rising_edge(self, smooth: Array) -> int:
        """Return where to begin so that the line rises through zero in its middle, near the middle of the sound."""
        first = self._span // 2
        part = smooth[first : first + 2 * self._trigger + 1]
        edges = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        if not len(edges):
            return self._trigger
        return int(edges[np.abs(edges - self._trigger).argmin()])

    def _adjust(self, peak: float) -> None:
        if peak * self._lift > LOUD:
            self._lift = max(1.0, self._lift * (1 - DROP_PER_SECOND / self._frame_rate))
        elif peak > HEARD:
            self._lift = min(LIFT_MOST, self._lift * LIFT_PER_SECOND ** (1 / self._frame_rate))


class Line:
    """Draws the course; what a pixel becomes depends on its row and how far the line is. The ends fade away."""

    def __init__(self, place: Geometry, ink: tuple[float, float, float], sample_rate: int, frame_rate: int) -> None:
        """Prepare what every row looks like at every distance."""
        self._reach = (place.rise + place.fall) // 2 - even(WEIGHT * place.scale)
        self._axis = place.base - place.rise + (place.rise + place.fall) // 2
        halo = min(even(2.2 * GLOW * place.scale), even(place.base - place.rise))
        self._rows = slice(place.base - place.rise - halo, place.base + place.fall)
        self._trace = Trace(place.width, sample_rate, frame_rate)
        self._weight = WEIGHT * place.scale / 2
        self._far = (self._rows.stop - self._rows.start) * STEPS
        alpha = _alpha(np.arange(self._far + 1) / STEPS, place.scale)
        self._looks = [_Plane(alpha, place, self._rows, plane, ink) for plane in range(3)]

    def paint(self, tables: list[Table], sound: Sound, middle: float) -> None:
        """Follow the sound, and look up each pixel."""
        course = self._axis - self._rows.start - self._trace.follow(sound, middle) * self._reach
        steep = np.abs(np.gradient(course)) / 2 + self._weight
        centre, half = (course * STEPS).astype(np.int32), (steep * STEPS).astype(np.int32)
        self._looks[0].draw(tables[0], self._looks[0].places(centre, half))
        places = self._looks[1].places(centre[::2], half[::2])
        for plane in (1, 2):
            self._looks[plane].draw(tables[plane], places)


class _Plane:
    """One plane's share of the line: ``keep`` and ``add`` by row and distance."""

    def __init__(
        self,
        alpha: Array,
        place: Geometry,
        rows: slice,
        plane: int,
        ink: tuple[float, float, float],
    ) -> None:
        part = 1 if plane == 0 else 2
        self._rows = slice(rows.start // part, rows.stop // part)
        self._columns = slice(place.left // part, (place.left + place.width) // part)
        shade = scrim_alpha(place, part)[self._rows][:, None]
        keep, add = blend(alpha[None, :], shade, ink[plane], BLACK[plane])
        self._keep, self._add = keep.ravel(), add.ravel()
        self._far = len(alpha) - 1
        count = np.arange(self._rows.stop - self._rows.start, dtype=np.int32)[:, None]
        self._heights, self._begins = count * part * STEPS + part * STEPS // 2, count * len(alpha)
        self._ends = even(ENDS * place.scale) // part
        self._bare = Table(keep[:, -1:].astype(np.int32), add[:, -1:].astype(np.int32))

    def places(self, centre: Array, half: Array) -> Array:
        """Return where each pixel is looked up."""
        away: Array = np.abs(self._heights - centre)
        away -= half
        np.clip(away, 0, self._far, out=away)
        away += self._begins
        return away

    def draw(self, table: Table, places: Array) -> None:
        """Write the tables."""
        target = table.patch(self._rows, self._columns)
        target.keep[...], target.add[...] = self._keep.take(places), self._add.take(places)
        part = (np.arange(self._ends) * WHOLE // self._ends)[None, :]
        for side, grown in ((slice(None, self._ends), part), (slice(-self._ends, None), part[:, ::-1])):
            for drawn, bare in ((target.keep, self._bare.keep), (target.add, self._bare.add)):
                drawn[:, side] = bare + ((drawn[:, side].astype(np.int32) - bare) * grown >> 8)


def _alpha(away: Array, scale: float) -> Array:
    """Return how opaque a pixel is at distances (pixels) from the line's edge."""
    core = np.clip(1 - away, 0, 1)
    glow = 0.34 * np.exp(-((away / (GLOW * scale * 0.55)) ** 2)) + 0.1 * np.exp(-away / (GLOW * scale))
    fade = np.clip(3 - away / (GLOW * scale), 0, 1)
    alpha: Array = 1 - (1 - core * 0.96) * (1 - glow * fade)
    return alpha
