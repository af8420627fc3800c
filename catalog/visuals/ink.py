"""Colours of the look (those of ``tokens.css`` at night), and the arithmetic of mixing them into video planes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rgb = tuple[int, int, int]
Plane = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
INK: Rgb = (18, 17, 15)
PAPER: Rgb = (239, 234, 225)
AMBER: Rgb = (255, 176, 46)
GREY: Rgb = (169, 162, 151)


def planes_of(colour: Rgb) -> tuple[float, float, float]:
    """Return luma and both colour differences of a colour: BT.709 in limited range (ITU-R BT.709-6 §3)."""
    red, green, blue = (value / 255 for value in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


def halved(plane: Plane) -> Plane:
    """Return the mean of each two by two values."""
    return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) * np.float32(0.25)


def sized(part: Plane, plane: int) -> Plane:
    """Return the part for a plane of 4:2:0: whole for luma (0), halved each way for the colour differences."""
    return part if plane == 0 else halved(part)


def rounded(plane: Plane, noise: Plane) -> Picture:
    """Return whole values; the noise (±0.5, the same in each frame) keeps dark gradients from showing steps."""
    shown = plane + noise
    shown += np.float32(0.5)
    whole: Picture = np.clip(shown, 0, 255, out=shown).astype(np.uint8)
    return whole


def still_noise(shape: tuple[int, ...], seed: int) -> Plane:
    """Return noise between -0.5 and 0.5, always the same for a seed."""
    return (np.random.default_rng(seed).random(shape, dtype=np.float32) - np.float32(0.5)).astype(np.float32)
