"""Small renditions made by the real compiler's encoder, so that real seams fit between them."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np

from catalog.visuals.inside.encoder import Encoder, Profile

PROFILE = Profile(320, 180, 30, 600, 60, "3.1")
CODING = {"kbps": 600, "buffer_ms": 1000, "gop_frames": 60, "level": "3.1", "strict_cbr": False}
COLOURS = {"red": (200, 20, 20), "green": (20, 180, 20), "blue": (20, 20, 200)}


def compile_colour(path: Path, colour: tuple[int, int, int], frames: int, profile: Profile = PROFILE) -> Path:
    """Write a rendition of one colour with a moving bar at its top and fine noise, so that it fills its bit rate."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        encoder = Encoder(handle, profile)
        random = np.random.default_rng(1)
        for number in range(frames):
            image = np.empty((profile.height, profile.width, 3), np.uint8)
            image[:] = colour
            image += random.integers(0, 17, image.shape, np.uint8)
            image[:20, (number * 4) % profile.width :][:, :24] = 255
            encoder.add(av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p"))
        encoder.finish()
    finally:
        os.close(handle)
    return path


def compile_colours(folder: Path) -> dict[str, tuple[str, Path]]:
    """Return id and path of a red, a green and a blue rendition of different lengths."""
    return {
        name: (name, compile_colour(folder / f"{name}.mp4", colour, 301 + 47 * place))
        for place, (name, colour) in enumerate(COLOURS.items())
    }
