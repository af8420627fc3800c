"""The sound's spectrum as a row of bars: what is heard at the very instant of the picture, low in the middle."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from streaming.livepicture.band import BLACK, Geometry, Table, blend, even, scrim_alpha
from streaming.livepicture.planes import Array
from streaming.livepicture.sound import Sound

WINDOW = 2048
LOWEST, HIGHEST = 45.0, 14_000.0
FLOOR_DB, SPAN_DB = -58.0, 44.0
ATTACK = 0.8
DECAY_PER_SECOND = 1.5
# Quiet programmes are lifted slowly, loud ones lowered soon; silence is left alone.
LIFT_MOST, LIFT_LEAST, LIFT_PER_SECOND, DROP_PER_SECOND = 14.0, -6.0, 2.0, 12.0
TARGET, HEARD = 0.9, 0.08
PITCH, BAR, REST, GLOW = 14, 6, 3, 4.5
STEPS = 2  # heights per pixel


class Analyser:
    """Levels from 0 to 1 for each bar: fast up, slowly down."""

    def __init__(self, bars: int, sample_rate: int, frame_rate: int) -> None:
        """Start from silence."""
        self._filters = _filters(bars, sample_rate)
        self._window: npt.NDArray[np.float32] = np.hanning(WINDOW).astype(np.float32)
        self._full_scale = (float(self._window.sum()) / 2) ** 2
        self._frame_rate = frame_rate
        self._lift = 0.0
        self.levels: Array = np.zeros(bars)

    def listen(self, sound: Sound, middle: float) -> Array:
        """Return the levels of the sound around a sample."""
        spectrum = np.fft.rfft(sound.around(middle, WINDOW) * self._window)
        power = self._filters @ (spectrum.real**2 + spectrum.imag**2)
        heard = 10 * np.log10(power / self._full_scale + 1e-12)
        target = np.clip((heard + self._lift - FLOOR_DB) / SPAN_DB, 0, 1)
        self._adjust(float(target.max()))
        rising = self.levels + (target - self.levels) * ATTACK
        falling = self.levels - DECAY_PER_SECOND / self._frame_rate
        self.levels = np.where(target > self.levels, rising, np.maximum(target, falling))
        return self.levels

    def _adjust(self, peak: float) -> None:
        if peak > TARGET:
            self._lift = max(LIFT_LEAST, self._lift - DROP_PER_SECOND / self._frame_rate)
        elif peak > HEARD:
            self._lift = min(LIFT_MOST, self._lift + LIFT_PER_SECOND / self._frame_rate)


class Bars:
    """Rounded bars with a glow, on a line, with a faint reflection under it; at rest they are dots.

    Each possible height of a bar is drawn once, as a sprite one bar wide. A picture only picks one sprite per bar.
    """

    def __init__(self, place: Geometry, ink: tuple[float, float, float], sample_rate: int, frame_rate: int) -> None:
        """Draw the sprites."""
        pitch = even(PITCH * place.scale, least=4)
        self.count = place.width // pitch // 2 * 2
        self._rise = place.rise - even(BAR * place.scale)
        self._analyser = Analyser(self.count // 2, sample_rate, frame_rate)
        left = place.left + (place.width - self.count * pitch) // 4 * 2
        above = even(min(place.base, place.rise + 3 * GLOW * place.scale))
        self._rows = slice(place.base - above, place.base + place.fall)
        self._columns = slice(left, left + self.count * pitch)
        alpha = _sprites(place, self._rise, above, pitch)
        self._sprites = [_inked(alpha, place, self._rows, plane, ink) for plane in range(3)]

    def paint(self, tables: list[Table], sound: Sound, middle: float) -> None:
        """Listen, and pick a sprite for each bar."""
        levels = self._analyser.listen(sound, middle)
        smooth = np.convolve(np.concatenate((levels[::-1], levels)), (0.2, 0.6, 0.2), "same")
        chosen = (smooth * self._rise * STEPS).round().astype(np.intp)
        for plane, (keep, add) in enumerate(self._sprites):
            part = 1 if plane == 0 else 2
            rows = slice(self._rows.start // part, self._rows.stop // part)
            columns = slice(self._columns.start // part, self._columns.stop // part)
            target = tables[plane].patch(rows, columns)
            target.keep[...] = keep[:, chosen, :].reshape(target.keep.shape)
            target.add[...] = add[:, chosen, :].reshape(target.add.shape)


def _filters(bars: int, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return one row of weights per bar, over the bins of the transform: overlapping triangles, evenly spaced in pitch.

    Low bars are narrower than a bin; they are widened to one, so that none falls between two.
    """
    edges = np.geomspace(LOWEST, min(HIGHEST, sample_rate * 0.45), bars + 2) * WINDOW / sample_rate
    bins = np.arange(WINDOW // 2 + 1)[None, :]
    middle = edges[1:-1, None]
    below = np.maximum(middle - edges[:-2, None], 1.0)
    above = np.maximum(edges[2:, None] - middle, 1.0)
    away = np.where(bins < middle, (middle - bins) / below, (bins - middle) / above)
    weights: npt.NDArray[np.float32] = np.clip(1 - away, 0, 1).astype(np.float32)
    return weights


def _sprites(place: Geometry, rise: int, above: int, pitch: int) -> Array:
    """Return how opaque each pixel is: (rows, heights, pitch), from 0 to 1."""
    bar, scale = even(BAR * place.scale), place.scale
    heights = np.maximum(np.arange(rise * STEPS + 1) / STEPS, REST * scale)[None, :, None]
    up = above - np.arange(above + place.fall)[:, None, None] - 0.5  # pixels over the line
    aside = np.abs(np.arange(pitch) + 0.5 - pitch / 2)[None, None, :]
    radius = bar / 2
    away = _distance(up, aside, heights, radius)
    core = np.clip(0.5 - away, 0, 1) * (0.72 + 0.28 * np.clip(up / np.maximum(heights, 1), 0, 1))
    strength = 0.16 + 0.2 * heights / rise
    glow = strength * np.exp(-((np.maximum(away, 0) / (GLOW * scale)) ** 2)) * np.clip(up / 2, 0, 1)
    mirrored = _distance(-up, aside, heights * 0.2, radius)
    echo = 0.28 * np.clip(0.5 - mirrored, 0, 1) * np.clip(1 + up / (place.fall), 0, 1)
    solid = np.where(up > 0, 1 - (1 - core) * (1 - glow), echo)
    return solid.astype(np.float32)


def _distance(up: Array, aside: Array, heights: Array, radius: float) -> Array:
    """Return the distance in pixels from a bar with a round head that stands on the line; negative inside."""
    over = np.maximum(up - np.maximum(heights - radius, 0), 0)
    distance: Any = np.where(up < 0, -up, np.hypot(aside, over) - radius)
    below: Array = np.where(up < 0, np.maximum(distance, aside - radius), distance)
    return below


def _inked(
    alpha: Array,
    place: Geometry,
    rows: slice,
    plane: int,
    ink: tuple[float, float, float],
) -> tuple[Array, Array]:
    part = 1 if plane == 0 else 2
    shade = scrim_alpha(place, part)[rows.start // part : rows.stop // part][:, None, None]
    if part != 1:
        alpha = alpha.reshape(alpha.shape[0] // 2, 2, alpha.shape[1], alpha.shape[2] // 2, 2).mean(axis=(1, 4))
    return blend(alpha, shade, ink[plane], BLACK[plane])
