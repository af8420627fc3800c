"""A sea of sine waves at night, lit in amber, with sparks drifting up from it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from av import VideoFrame

from catalog.visuals.ink import AMBER, INK, Plane, planes_of, rounded, sized, still_noise
from catalog.visuals.scenes.light import HEIGHT, RATE, WIDTH, Scene, bell
from catalog.visuals.video_writer import frame_of

SECONDS = 10
HAZE = (120, 72, 30)
LINES = 30
FAR_Y, NEAR_Y = 300, 700
# No wave ever leaves the sky open below this row.
HAZE_END = 460
SPARKS = 90
# Rows drawn of each line: its soft upper edge, and the glow that runs down from it.
ABOVE, BELOW, FADE, GLOW = 3, 14, 6.0, 0.18
SHADES = 16
# Steps per unit of light in the painter's table, and how many there are.
LEVEL, LEVELS = 512, 4096


class Field:
    """All the lines at once; arrays of (line, column), far lines first.

    Perspective: near lines lie lower and wider apart, swing higher, are thicker and brighter, and show less of the
    field's width. A line hides what lies behind and below it, as a hill does.
    """

    def __init__(self) -> None:
        near = np.linspace(0, 1, LINES, dtype=np.float32)[:, None]
        eased = near**1.7
        self._x = (np.arange(WIDTH, dtype=np.float32)[None, :] / WIDTH - 0.5) * (1.9 - 0.9 * near)
        self._depth = 2.4 * near
        self._rest = FAR_Y + (NEAR_Y - FAR_Y) * eased
        self._swing = (26 + 92 * eased) * (0.45 + 0.55 * np.exp(-((self._x / 0.62) ** 2)))
        self._half_width = (0.5 + 0.9 * near)[..., None]
        self._strength = (0.32 + 0.95 * near**1.4)[..., None]
        self._offsets = np.arange(-ABOVE, BELOW, dtype=np.float32)
        self._columns = np.arange(WIDTH, dtype=np.int32)[None, :, None]
        steps = np.arange(-ABOVE * SHADES, (BELOW + 1) * SHADES, dtype=np.float32) / SHADES
        self._shades = (GLOW * np.exp(-np.maximum(steps, 0) / FADE) * np.clip(steps + 0.5, 0, 1)).astype(np.float32)

    def heights(self, turn: float) -> Plane:
        """Return the row of each line in each column: two long waves pass through each other, a small one on top."""
        full = 2 * math.pi
        wave = np.sin(full * (0.9 * self._x + 0.35 * self._depth - turn)) * 0.6
        wave += np.sin(full * (-1.3 * self._x + 0.8 * self._depth - turn) + 1.1) * 0.42
        wave += np.sin(full * (3.1 * self._x + 0.5 * self._depth + 2 * turn) + 0.4) * 0.11
        return (self._rest - self._swing * (0.35 + wave)).astype(np.float32)

    def draw(self, y: Plane) -> Plane:
        """Return how brightly each pixel is lit by the lines at these heights.

        1. for each line and column take the few rows around it; 2. shade them by their distance from the line;
        3. drop what nearer lines hide; 4. add all up into one picture.
        """
        rows = np.floor(y)[..., None] + self._offsets
        below = rows - y[..., None]
        steep = np.sqrt(1 + np.gradient(y, axis=1) ** 2)[..., None]
        shade = self._shades[(below * SHADES).astype(np.int16) + ABOVE * SHADES]
        np.abs(below, out=below)
        below /= -steep
        below += self._half_width + np.float32(0.5)
        shade += np.clip(below, 0, 1, out=below)
        nearer = np.concatenate([np.minimum.accumulate(y[:0:-1])[::-1], np.full_like(y[:1], HEIGHT)])
        shade *= np.clip(nearer[..., None] - rows + np.float32(0.5), 0, 1)
        shade *= self._strength
        index = np.clip(rows, 0, HEIGHT).astype(np.int32) * WIDTH + self._columns
        added = np.bincount(index.ravel(), weights=shade.ravel(), minlength=WIDTH * HEIGHT)
        return added[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH).astype(np.float32)


@dataclass(frozen=True)
class Spark:
    """A spark that rises, sways, and fades in and out once per loop, then begins again where it began."""

    x: float
    y: float
    rise: float
    sway: float
    phase: float
    shape: Plane

    def lay(self, onto: Plane, turn: float) -> None:
        """Add its light at a moment of the loop."""
        life = (turn + self.phase) % 1.0
        strength = np.float32(math.sin(math.pi * life) ** 2)
        x = round(self.x + self.sway * math.sin(2 * math.pi * (turn + 2 * self.phase)))
        y, half = round(self.y - self.rise * life), self.shape.shape[0] // 2
        onto[y - half : y + half + 1, x - half : x + half + 1] += self.shape * strength


def _sparks() -> list[Spark]:
    rng = np.random.default_rng(5)
    sparks = []
    for _ in range(SPARKS):
        near = rng.random()
        sparks.append(
            Spark(
                x=rng.uniform(60, WIDTH - 60),
                y=rng.uniform(280, 660),
                rise=rng.uniform(70, 210),
                sway=rng.uniform(6, 28),
                phase=rng.random(),
                shape=bell(1.2 + 2.2 * near**2) * np.float32(0.3 + 0.9 * near),
            ),
        )
    return sparks


def _glow() -> Plane:
    """Return how much of the sky's warm glow covers each pixel: most in the middle, just above the field."""
    down = np.arange(HEIGHT, dtype=np.float32)[:, None]
    across = np.arange(WIDTH, dtype=np.float32)[None, :]
    glow = np.exp(-(((down - 262) / 120) ** 2)) * np.exp(-(((across - WIDTH / 2) / 520) ** 2))
    return (glow * 0.26).astype(np.float32)


class Painter:
    """Mixes the light of lines and sparks with the still background, plane by plane."""

    def __init__(self) -> None:
        glow = _glow()
        # Bright light saturates: a table turns added-up light into how much amber covers the ink.
        self._covered = (1 - np.exp(-1.7 * np.arange(LEVELS, dtype=np.float32) / LEVEL)).astype(np.float32)
        self._amber = planes_of(AMBER)
        self._ink = planes_of(INK)
        self._sky = [(sized(glow, plane) * (planes_of(HAZE)[plane] - self._ink[plane])) for plane in range(3)]
        self._noise = [still_noise(plane.shape, seed) for seed, plane in enumerate(self._sky)]
        self._rows = np.arange(HEIGHT, dtype=np.float32)[:, None]

    def paint(self, lines: Plane, horizon: Plane) -> VideoFrame:
        """Return the picture: amber where light is, above the horizon (a row for each column) the sky's glow."""
        part = self._covered[np.minimum(lines * np.float32(LEVEL), LEVELS - 1).astype(np.int16)]
        open_sky = np.clip(horizon - self._rows[:HAZE_END] + np.float32(0.5), 0, 1)
        planes = []
        for number in range(3):
            over, seen = sized(part, number), sized(open_sky, number)
            below = np.full(over.shape, self._ink[number], dtype=np.float32)
            below[: len(seen)] += self._sky[number][: len(seen)] * seen
            over = over * (np.float32(self._amber[number]) - below)
            over += below
            planes.append(rounded(over, self._noise[number]))
        return frame_of(*planes)


def frames() -> Iterator[VideoFrame]:
    """Draw all pictures of the loop."""
    field, sparks, painter = Field(), _sparks(), Painter()
    count = SECONDS * RATE
    for number in range(count):
        y = field.heights(number / count)
        light = field.draw(y)
        for spark in sparks:
            spark.lay(light, number / count)
        yield painter.paint(light, y.min(axis=0))


SINE_FIELD = Scene("demo-sine-field", "Sine field", frames)
