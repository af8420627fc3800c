"""Draws the built-in slate: the mark, one long sine wave across a dial line, moving calmly on dark ink.

Ten seconds at 1280×720 and 30 frames a second. Everything in it is periodic in that time, so the end meets the
beginning.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import numpy as np

from catalog.media.storing import work_folder
from catalog.visuals.ink import AMBER, GREY, INK, PAPER, Plane, halved, planes_of, rounded, sized, still_noise
from catalog.visuals.video_writer import VideoWriter

SLATE = "slate"
WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 30, 10
MIDDLE = HEIGHT // 2
# Only these rows are ever touched by the wave; everything else stands still.
TOP, BOTTOM = MIDDLE - 194, MIDDLE + 194
CYCLES, AMPLITUDE, BREATH = 1.0, 104.0, 0.1
STROKE, GLOW, GLOW_STRENGTH, GLOW_REACH = 3.0, 25.0, 0.2, 87
TICK_STEP, TICK, LONG_TICK, LONG_EVERY, TICK_SHADE = 32, 10, 22, 5, 0.3
LINE, LINE_HALF_WIDTH = 192, 1
STEPS_PER_PIXEL = 8


@contextmanager
def drawn_slate() -> Iterator[Path]:
    """Draw the slate into a file that is gone afterwards."""
    path = work_folder() / f"{uuid4()}.mp4"
    try:
        with VideoWriter(path, WIDTH, HEIGHT, RATE) as writer:
            draw_slate(writer)
        yield path
    finally:
        path.unlink(missing_ok=True)


def draw_slate(writer: VideoWriter) -> None:
    """Add all frames: the still dial once, then the wave over it, frame by frame.

    1. mix the still planes: ticks on ink; 2. for each frame lay the wave, then the dial line, over the middle rows;
    3. round with a noise that stands still.
    """
    amber, paper = planes_of(AMBER), planes_of(PAPER)
    noise = [still_noise((HEIGHT, WIDTH), 1), still_noise((HEIGHT // 2, WIDTH // 2), 2)]
    ticks = _ticks()
    still = [_mixed(planes_of(INK)[plane], planes_of(GREY)[plane], sized(ticks, plane)) for plane in range(3)]
    whole = [rounded(still[plane], noise[min(plane, 1)]) for plane in range(3)]
    for frame in range(RATE * SECONDS):
        wave = _wave(frame / (RATE * SECONDS))
        small = halved(wave)
        for plane in range(3):
            part, size = (wave, 1) if plane == 0 else (small, 2)
            rows = slice(TOP // size, BOTTOM // size)
            below = still[plane][rows]
            mixed = np.subtract(np.float32(amber[plane]), below)
            mixed *= part
            mixed += below
            mixed[_line(size)] = paper[plane]
            whole[plane][rows] = rounded(mixed, noise[min(plane, 1)][rows])
        writer.add(*whole)


def _mixed(below: float, above: float, part: Plane) -> Plane:
    return (below + part * np.float32(above - below)).astype(np.float32)


def _wave(turn: float) -> Plane:
    """Return how much amber covers each pixel of the wave's rows; ``turn`` runs from 0 to 1 over the loop."""
    across = np.arange(WIDTH, dtype=np.float32)
    phase = 2 * math.pi * (CYCLES * (across / WIDTH - 0.5) - turn)
    line = MIDDLE - TOP - AMPLITUDE * (1 + BREATH * math.sin(2 * math.pi * turn)) * np.sin(phase)
    # The vertical distance shrinks to the true one with the slope, so that steep parts are not drawn thinner.
    steep = np.sqrt(1 + np.gradient(line) ** 2).astype(np.float32)
    rows = np.arange(BOTTOM - TOP, dtype=np.float32)[:, None]
    distance = np.abs(rows - line.astype(np.float32)) * (STEPS_PER_PIXEL / steep)
    table = _stroke()
    covered: Plane = table[np.minimum(distance, len(table) - 1).astype(np.int16)]
    return covered


def _stroke() -> Plane:
    """Return coverage by distance from the middle of the stroke: solid, one soft pixel, then a glow."""
    distance = np.arange(200 * STEPS_PER_PIXEL, dtype=np.float32) / STEPS_PER_PIXEL
    solid = np.clip(STROKE + 0.5 - distance, 0, 1)
    glow = GLOW_STRENGTH * np.exp(-distance / GLOW) * np.clip(1 - distance / GLOW_REACH, 0, 1)
    return np.maximum(solid, glow).astype(np.float32)


def _ticks() -> Plane:
    """Return how much grey covers each pixel: the scale of a dial, every fifth tick a longer one."""
    scale = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    for number, x in enumerate(range(0, WIDTH, TICK_STEP)):
        length = LONG_TICK if number % LONG_EVERY == 0 else TICK
        scale[MIDDLE - length : MIDDLE + length, max(0, x - 1) : x + 2] = TICK_SHADE
    return scale


def _line(size: int) -> tuple[slice, slice]:
    """Return where the dial line stands in the wave's rows of a plane: upright in the middle; ``size`` 2 is halved."""
    middle, across = (MIDDLE - TOP) // size, WIDTH // 2 // size
    half_height, half_width = LINE // size, LINE_HALF_WIDTH // size
    return slice(middle - half_height, middle + half_height), slice(across - half_width, across + half_width)
