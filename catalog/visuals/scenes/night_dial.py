"""A tuner at night: the lit scale of an old radio, its needle wandering, a city out of focus behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av import VideoFrame
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from catalog.visuals.scenes.light import HEIGHT, WIDTH, Light, Scene, colour, developed, disc, lay

SECONDS = 10
LIGHTS = 64
SCALE_TOP, SCALE_MIDDLE, SCALE_BOTTOM = 430, 560, 690
SCALE_LEFT, SCALE_RIGHT = 110, 1170
FIRST, LAST, STEP = 88, 108, 2
NEEDLE_WIDTH, NEEDLE_REACH = 2.0, 70
LOW = slice(SCALE_TOP - 28, HEIGHT)
TINTS = ((255, 170, 60), (255, 140, 50), (255, 205, 130), (190, 120, 60), (90, 150, 165), (230, 235, 240))


@dataclass(frozen=True)
class Lamp:
    """A light of the city: where, how large, how its brightness breathes and it sways."""

    x: float
    y: float
    shape: npt.NDArray[np.float32]
    tint: Light
    turns: int
    phase: float
    sway: float

    def lay(self, onto: Light, turn: float) -> None:
        """Add its light at a moment of the loop."""
        wave = 2 * math.pi * (self.turns * turn + self.phase)
        strength = np.float32(0.55 + 0.45 * math.sin(wave))
        slow = 2 * math.pi * (turn + self.phase)
        lay(onto, self.shape, self.x + self.sway * math.sin(slow), self.y, self.tint * strength)


def _lamps() -> list[Lamp]:
    rng = np.random.default_rng(42)
    lamps = []
    for _ in range(LIGHTS):
        depth = rng.random()
        radius = 8 + 34 * depth**2
        y = 60 + 330 * rng.beta(2.4, 1.6)
        tint = colour(*TINTS[rng.choice(len(TINTS), p=(0.3, 0.22, 0.16, 0.14, 0.1, 0.08))])
        strength = (0.55 - 0.4 * depth) * rng.uniform(0.5, 1.0)
        lamps.append(
            Lamp(
                x=rng.uniform(-20, WIDTH + 20),
                y=y,
                shape=disc(radius, 2.5),
                tint=tint * np.float32(strength),
                turns=int(rng.integers(1, 3)),
                phase=rng.random(),
                sway=4 + 16 * depth,
            ),
        )
    return lamps


def _ground() -> Light:
    """Return the night sky over the city: dark, a warm haze where the streets are."""
    down = np.arange(HEIGHT, dtype=np.float32)[:, None, None]
    haze = np.exp(-(((down - 330) / 150) ** 2))
    picture = colour(12, 13, 17) + haze * colour(46, 26, 12)
    return np.broadcast_to(picture, (HEIGHT, WIDTH, 3)).astype(np.float32)


def _printed() -> npt.NDArray[np.float32]:
    """Return the print of the scale, 0 to 1: ticks, numbers and two words."""
    image = Image.new("L", (WIDTH * 2, HEIGHT * 2), 0)
    pen = ImageDraw.Draw(image)
    large, small = ImageFont.load_default(60), ImageFont.load_default(34)
    for number in range((LAST - FIRST) * 5 + 1):
        x = 2 * (SCALE_LEFT + (SCALE_RIGHT - SCALE_LEFT) * number / ((LAST - FIRST) * 5))
        long = number % 10 == 0
        length = 56 if long else 34 if number % 5 == 0 else 20
        pen.rectangle((x - 2, 2 * SCALE_MIDDLE - length, x + 2, 2 * SCALE_MIDDLE), fill=255 if long else 150)
        if long:
            pen.text((x, 2 * SCALE_MIDDLE - 118), str(FIRST + number // 5), font=large, fill=255, anchor="mm")
    pen.rectangle((2 * SCALE_LEFT, 2 * SCALE_MIDDLE, 2 * SCALE_RIGHT, 2 * SCALE_MIDDLE + 3), fill=170)
    pen.text((2 * SCALE_LEFT, 2 * SCALE_MIDDLE + 64), "L O N G W A V E", font=small, fill=170, anchor="lm")
    pen.text((2 * SCALE_RIGHT, 2 * SCALE_MIDDLE + 64), "M H z", font=small, fill=170, anchor="rm")
    return np.asarray(image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), dtype=np.float32) / np.float32(255)


def _panel() -> npt.NDArray[np.float32]:
    """Return how much of the city the radio hides: 1 above it, little behind its dark glass."""
    down = np.arange(HEIGHT, dtype=np.float32)
    return (1 - 0.93 * np.clip((down - SCALE_TOP + 26) / 30, 0, 1))[:, None, None].astype(np.float32)


def _softened(picture: npt.NDArray[np.float32], radius: float) -> npt.NDArray[np.float32]:
    image = Image.fromarray((picture * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _lit_scale() -> tuple[Light, Light]:
    """Return the light of the radio's rows: what is always there, and what comes near the needle."""
    printed = _printed()[LOW]
    glow = _softened(printed, 7)
    down = np.arange(HEIGHT, dtype=np.float32)[LOW, None]
    lit = np.exp(-(((down - SCALE_MIDDLE + 10) / 78) ** 2)) * np.ones_like(printed)
    rim = np.exp(-(((down - SCALE_TOP) / 1.3) ** 2)) * np.ones_like(printed)
    amber, warm = colour(255, 176, 46), colour(255, 140, 30)
    near = (lit * 0.2)[..., None] * warm + (printed * 0.8 + glow * 0.55 + rim * 0.4)[..., None] * amber
    always = (printed * 0.28 + rim * 0.12)[..., None] * amber
    return always.astype(np.float32), near.astype(np.float32)


def _needle_shape() -> Light:
    """Return the needle's light over its own width: a white stroke that glows to both sides."""
    down = np.arange(HEIGHT, dtype=np.float32)[LOW, None]
    tall = np.clip((down - SCALE_TOP - 22) / 10, 0, 1) * np.clip((SCALE_BOTTOM - 22 - down) / 10, 0, 1)
    return (tall[..., None] * colour(255, 236, 205, 1.5)).astype(np.float32)


def _prepared() -> Callable[[float], Light]:
    """Prepare what stands still, and return the drawing of one moment.

    Of each moment: the city's lamps on the ground light, darkened behind the radio's glass; the scale, lit more near
    the needle; the needle, placed between pixels so that it glides.
    """
    lamps, ground, panel = _lamps(), _ground(), _panel()
    always, near_light = _lit_scale()
    upright = _needle_shape()
    across = np.arange(WIDTH, dtype=np.float32)
    light, low = np.empty_like(ground), np.empty_like(always)

    def moment(turn: float) -> Light:
        np.copyto(light, ground)
        for lamp in lamps:
            lamp.lay(light, turn)
        light[LOW] *= panel[LOW]
        angle = 2 * math.pi * turn
        needle = 640 + 330 * math.sin(angle) + 70 * math.sin(2 * angle + 0.6)
        near = np.exp(-(((across - needle) / 210) ** 2)) * 0.75 + 0.3 * (1 + 0.06 * math.sin(2 * angle))
        np.multiply(near_light, near.astype(np.float32)[None, :, None], out=low)
        np.add(low, always, out=low)
        light[LOW] += low
        beside = slice(round(needle) - NEEDLE_REACH, round(needle) + NEEDLE_REACH + 1)
        away = np.abs(across[beside] - needle)
        stroke = np.clip(NEEDLE_WIDTH + 0.5 - away, 0, 1) + 0.16 * np.exp(-away / 9)
        light[LOW, beside] += upright * stroke.astype(np.float32)[None, :, None]
        return light

    return moment


def frames() -> Iterator[VideoFrame]:
    """Draw all pictures of the loop."""
    return developed(_prepared(), SECONDS)


NIGHT_DIAL = Scene("demo-night-dial", "Night dial", frames)
